import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { catalog } from '#nodes/catalog.ts';
import { defineNode, defineRun, quoteName, type AnyRun } from '#nodes/kit/define.ts';
import { NodeError, problem } from '#nodes/kit/issues.ts';
import type { Model } from '#nodes/kit/kinds.ts';
import * as param from '#nodes/kit/params.ts';
import { column, findColumn, tableOf, tableSchema, type Table } from '#nodes/kit/table.ts';
import { failureOf, stackOf } from '#server/executor/runtime/failure.ts';
import { limitReports } from '#server/executor/runtime/report-limits.ts';
import { runNode } from '../support/run-node.ts';

const common = { version: 1, category: 'Data transformation', family: 'transform', icon: 'filter', summary: '', keywords: [], deterministic: true } as const;

/** A node of two equal outputs and one that passes its input on. */
const copies = defineNode({
  ...common,
  type: 'copies',
  title: 'Copies',
  inputs: { data: { kind: 'table', title: 'Data' }, more: { kind: 'table', title: 'More', optional: true } },
  outputs: { same: { kind: 'table', title: 'Same' }, one: { kind: 'table', title: 'One' }, two: { kind: 'table', title: 'Two' } },
  params: z.object({ column: param.oneColumn({ title: 'Column', port: 'data' }) }),
  infer: ({ data }, { column: name }) => ({
    outputs: { same: data, one: data, two: data },
    issues: data && name !== '' && !findColumn(data, name) ? [problem('column_missing', `There is no column “${name}”.`, { param: 'column' })] : [],
  }),
  atScoring: () => ({ as: 'identity' }),
});
const load = (run: AnyRun) => async () => ({ default: run });
const data = tableOf({ a: [1, 2, 3], 'b "q"': ['x', 'y', null] }, { a: { role: 'label' } });

describe('a step', () => {
  it('keeps the file of a table that it passes on, and gives each other output a file of its own', async () => {
    const run = defineRun(copies, async ({ data: table }, _params, context) => {
      const one = await context.table(table.schema, await table.read());
      await context.query('SELECT 1 AS unused', {}, table.schema);
      return { same: table, one, two: one };
    });
    const { artifacts, outputs } = await runNode(copies, { data }, {}, { run: load(run as AnyRun) });
    expect(artifacts.same!.path).toContain('/in/');
    expect(artifacts.one!.path).toContain('/out/');
    expect(artifacts.two!.path).not.toBe(artifacts.one!.path);
    expect(artifacts.two!.hash).toBe(artifacts.one!.hash);
    expect((outputs.same as Table).schema).toEqual(data.schema);
    expect(await (outputs.two as Table).read()).toEqual(await data.read());
  });

  it('gives other bytes for another role or category, so that reuse by content is safe', async () => {
    const pass = defineRun(copies, async ({ data: table }, _params, context) => {
      const text = tableSchema(table.schema.columns.map((each) => (each.type === 'category' ? { ...each, type: 'text' as const } : each)));
      const plain = tableSchema(table.schema.columns.map((each) => ({ ...each, role: 'feature' as const })));
      const columns = await table.read();
      return { same: await context.table(table.schema, columns), one: await context.table(text, columns), two: await context.table(plain, columns) };
    });
    const { artifacts } = await runNode(copies, { data }, {}, { run: load(pass as AnyRun) });
    expect(new Set(Object.values(artifacts).map(({ hash }) => hash)).size).toBe(3);
  });

  it('stops before its run when the true columns do not fit', async () => {
    let ran = false;
    const run = defineRun(copies, ({ data: table }) => {
      ran = true;
      return { same: table, one: table, two: table };
    });
    const error = await runNode(copies, { data }, { column: 'gone' }, { run: load(run as AnyRun) }).catch((each: unknown) => each);
    expect(failureOf(error)).toMatchObject({ code: 'column_missing', param: 'column' });
    expect(ran).toBe(false);
    expect(failureOf(await runNode(copies, {}, {}, { run: load(run as AnyRun) }).catch((each: unknown) => each)).code).toBe('port_missing');
  });

  it('runs SQL over views named by port', async () => {
    const sql = defineNode({
      ...common,
      type: 'sql-example',
      title: 'SQL',
      inputs: { left: { kind: 'table', title: 'Left' }, right: { kind: 'table', title: 'Right', optional: true } },
      outputs: { data: { kind: 'table', title: 'Data' }, rest: { kind: 'table', title: 'Rest' } },
      params: z.object({}),
      infer: ({ left }) => ({ outputs: { data: left, rest: tableSchema([column('n', 'number', { role: 'score' })]) }, issues: [] }),
      sql: ({ left, right }) => ({
        data: `SELECT ${left!.columns.map(({ name }) => quoteName(name)).join(', ')} FROM "left" WHERE a > 1`,
        rest: `SELECT ${right ? '1' : '0'} AS n`,
      }),
      atScoring: () => ({ as: 'identity' }),
    });
    const { outputs } = await runNode(sql, { left: data });
    expect((outputs.data as Table).schema.columns.map(({ name, type, role, nullable }) => [name, type, role, nullable])).toEqual([
      ['a', 'number', 'label', false],
      ['b "q"', 'category', 'feature', true],
    ]);
    expect([...(await (outputs.data as Table).read()).values()].map((values) => [...values])).toEqual([
      [2, 3],
      ['y', null],
    ]);
    expect((outputs.rest as Table).schema.columns).toEqual([column('n', 'number', { role: 'score' })]);
  });

  it('asks for the effects of its run, on an input that exists', async () => {
    const model: Model = {
      onnx: Uint8Array.of(1, 2, 3),
      signature: { kind: 'model', inputs: [], outputs: [], drops: [], task: 'two-class' },
      summary: { learner: 'x', title: 'X', task: 'two-class', params: {}, rowCount: 1, importance: [], history: [], notes: [] },
    };
    const registered = await runNode(catalog['register-model'], { model }, { name: 'churn', description: 'First' });
    expect(registered.effects).toEqual([{ type: 'register-model', name: 'churn', description: 'First', aliases: [], tags: {}, input: 'model' }]);
    expect(registered.outputs.report).toEqual({ type: 'registered', model: 'churn', task: 'two-class' });
    expect(registered.artifacts.model!.path).toContain('/in/');
    const deployed = await runNode(catalog['deploy-to-endpoint'], { model }, { endpoint: 'churn' });
    expect(deployed.effects).toEqual([
      {
        type: 'deploy',
        endpoint: 'churn',
        mode: 'live',
        weight: 100,
        settings: { workers: 1, queueLimit: 256, timeLimitMilliseconds: 10_000, idleMinutes: 0 },
        input: 'model',
      },
    ]);
  });

  it('reads a file and hands a dataset on', async () => {
    const file = new URL('../../pipelines/samples/data/breast-cancer.csv', import.meta.url).pathname;
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n').length - 1;
    const imported = await runNode(
      catalog['import-data'],
      {},
      { file: { id: 'f', name: 'breast-cancer.csv' } },
      { files: { f: { path: file, name: 'breast-cancer.csv' } } },
    );
    expect((imported.outputs.data as Table).rowCount).toBe(lines);
    const { outputs } = await runNode(catalog.dataset, {}, { dataset: { name: 'people', version: 2 } }, { datasets: { 'people@2': data } });
    expect(await (outputs.data as Table).read()).toEqual(await data.read());
  });

  it('knows the format of a file by the name that people gave it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'modelwright-named-'));
    const path = join(folder, 'stored');
    writeFileSync(path, 'a,b,c\td\n1,2,3\t4\n');
    const { outputs } = await runNode(catalog['import-data'], {}, { file: { id: 'f', name: 'x.tsv' } }, { files: { f: { path, name: 'x.tsv' } } });
    rmSync(folder, { recursive: true });
    expect((outputs.data as Table).schema.columns.map(({ name }) => name)).toEqual(['a,b,c', 'd']);
  });

  it('ends with an abort that came before it', async () => {
    await expect(runNode(catalog['enter-data-manually'], {}, { data: 'a\n1' }, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});

describe('what people are told of an error', () => {
  it('has a code, and no path of the server', () => {
    expect(failureOf(new NodeError('rows_none', 'No row.', { param: 'p' }))).toEqual({ code: 'rows_none', message: 'No row.', param: 'p' });
    expect(failureOf(new Error("ENOENT: no such file, open '/srv/data/store/ab/cd.parquet'")).message).toBe("ENOENT: no such file, open 'cd.parquet'");
    expect(failureOf(new Error('Out of Memory Error: could not allocate block')).code).toBe('memory_exhausted');
    expect(failureOf(new RangeError('Array buffer allocation failed')).code).toBe('memory_exhausted');
    expect(failureOf('text').code).toBe('step_threw');
    expect(stackOf(new Error('x'))).not.toMatch(/\/\w+\/\w+\/.*\.ts/);
  });
});

describe('reports', () => {
  it('do not flood', () => {
    const seen = { log: 0, progress: [] as number[], metric: 0 };
    let now = 0;
    const reporter = limitReports(
      { log: () => void seen.log++, progress: (fraction) => void seen.progress.push(fraction), metric: () => void seen.metric++ },
      () => now,
    );
    for (let each = 0; each < 100_000; each++) {
      now += 1;
      reporter.log('info', 'line');
      reporter.metric('loss', 1, each);
      reporter.progress(each / 99_999, '');
    }
    expect([seen.log, seen.metric]).toEqual([2_001, 20_000]);
    expect(seen.progress.length).toBeLessThanOrEqual(1_001);
    expect(seen.progress.at(-1)).toBe(1);
  });

  it('do not flood with few and huge ones', () => {
    const log: string[] = [];
    const names: string[] = [];
    let progress = 0;
    const reporter = limitReports(
      { log: (_level, line) => void log.push(line), progress: () => void progress++, metric: (name) => void names.push(name) },
      () => 0,
    );
    const huge = 'x'.repeat(2 ** 20);
    for (let each = 0; each < 1_000; each++) reporter.log('info', huge);
    for (let each = 0; each < 1_000; each++) reporter.progress(each % 2 ? 1 : NaN, huge);
    reporter.metric(huge, 1, 0);
    expect(log.slice(0, -1).every((line) => line.length === 4_001)).toBe(true);
    expect(log.at(-1)).toMatch(/^The log is full after 249 lines; further lines were dropped\.$/);
    expect(progress).toBe(2);
    expect(names).toEqual([`${'x'.repeat(200)}…`]);
  });

  it('tell once that points were dropped', () => {
    const log: string[] = [];
    const reporter = limitReports({ log: (_level, line) => void log.push(line), progress: () => {}, metric: () => {} });
    for (let each = 0; each < 20_005; each++) reporter.metric('loss', 1, each);
    expect(log).toEqual(['More than 20,000 points of metrics; further points were dropped.']);
  });
});
