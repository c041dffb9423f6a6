import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsNamed } from '../kit/columns.ts';
import { NO_ASSETS, type AnyNode, type AtScoring, type ColumnStep } from '../kit/define.ts';
import type { Transform } from '../kit/kinds.ts';
import { float, floats, GraphBuilder } from '../kit/onnx/builder.ts';
import { fuse, type Stage } from '../kit/onnx/fuse.ts';
import { proveFused, relativeDifference } from '../kit/onnx/prove.server.ts';
import { createOnnxRunner } from '../kit/onnx/session.server.ts';
import { column, memoryTable, tableOf, tableSchema, type Columns, type Table, type TableSchema } from '../kit/table.ts';
import { runNode } from '#test/support/run-node.ts';
import { applySqlTransformation } from './apply-sql-transformation/node.ts';
import { combineStatements, splitStatements } from './apply-sql-transformation/statements.ts';
import { chooseColumns, nearestName } from './choose-columns.ts';
import { cleanMissingData } from './clean-missing-data/node.ts';
import { convertToIndicatorValues } from './convert-to-indicator-values/node.ts';
import { editMetadata } from './edit-metadata/node.ts';
import { readNames } from './names-in-text.ts';
import { normalizeData } from './normalize-data/node.ts';
import { selectColumnsInDataset } from './select-columns-in-dataset/node.ts';
import { parseRegular, parseRelative, relativeInSql } from './split-data/expression.ts';
import { splitData } from './split-data/node.ts';

const runner = createOnnxRunner({ threads: 1 });
const params = (node: AnyNode, some: object) => node.params.parse(some) as Record<string, unknown>;
const inferred = (node: AnyNode, data: TableSchema, some: object = {}) => node.infer({ data }, params(node, some), NO_ASSETS);

/** Numbers of any size, whole numbers, booleans, categories and dates, a fifth of them missing. */
function mixed(rowCount: number, seed: number): Table {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const gap = () => next() < 0.2;
  const numbers = (value: () => number) => Float64Array.from({ length: rowCount }, () => (gap() ? NaN : value()));
  const schema = tableSchema([
    column('price', 'number', { nullable: true }),
    column('ratio', 'number', { nullable: true }),
    column('rooms', 'integer', { nullable: true }),
    column('yes', 'boolean', { nullable: true }),
    column('city', 'category', { nullable: true }),
    column('day', 'datetime', { nullable: true }),
  ]);
  const columns: Columns = new Map<string, Float64Array | (string | null)[]>([
    ['price', numbers(() => Math.exp(next() * 12))],
    ['ratio', numbers(() => next() * 2 - 1)],
    ['rooms', numbers(() => Math.floor(next() * 9))],
    ['yes', numbers(() => Math.round(next()))],
    ['city', Array.from({ length: rowCount }, () => (gap() ? null : ['Oslo', "L'Aquila", 'Ålesund', 'yes "no"'][Math.floor(next() * 4)]!))],
    ['day', numbers(() => Math.floor(next() * 1.7e12))],
  ]);
  return memoryTable(schema, columns);
}

/** The fitted graph gives each row what the node's own table has. */
async function expectSame(node: AnyNode, data: Table, some: object): Promise<number> {
  const run = await runNode(node, { data }, some as Record<string, unknown>);
  const { onnx, signature } = run.outputs.transform as Transform;
  const applied = await runner.apply(onnx, signature, await data.read(), data.rowCount);
  const own = await (run.outputs.data as Table).read();
  let largest = 0;
  for (const { name } of signature.outputs) {
    const [again, before] = [applied.get(name)!, own.get(name)!];
    for (let row = 0; row < data.rowCount; row += 1) {
      const [a, b] = [again[row]!, before[row]!];
      if (typeof a === 'number' && typeof b === 'number') largest = Math.max(largest, relativeDifference(a, b));
      else expect(a, `${name}, row ${row}`).toBe(b);
    }
  }
  expect(largest).toBeLessThanOrEqual(1e-5);
  return signature.outputs.length;
}

describe('fitted graphs equal the tables', () => {
  const data = mixed(500, 7);
  it.each(['zscore', 'minmax', 'logistic', 'lognormal', 'tanh', 'robust', 'maxabs'])('Normalize Data, %s', async (method) => {
    expect(await expectSame(normalizeData, data, { method })).toBe(3);
  });
  it.each(['custom', 'mean', 'median', 'mode'])('Clean Missing Data, %s', async (mode) => {
    const columns = {
      mode: 'rules',
      start: 'all',
      rules: [{ action: 'exclude', by: 'type', values: mode === 'custom' ? ['datetime'] : ['datetime', 'text'] }],
    };
    const count = await expectSame(cleanMissingData, data, { mode, columns, indicator: true });
    expect(count).toBe(mode === 'custom' || mode === 'mode' ? 10 : 8);
  });
  it('Clean Missing Data, of columns that are all missing', async () => {
    const gone = tableOf({ a: [null, null], b: [1, null] }, { a: { type: 'number' } });
    const run = await runNode(cleanMissingData, { data: gone }, { mode: 'mean', indicator: true });
    expect((run.outputs.data as Table).schema.columns.map((each) => each.name)).toEqual(['b', 'a_IsMissing', 'b_IsMissing']);
    expect((run.outputs.transform as Transform).signature.drops).toEqual(['a']);
    await expectSame(cleanMissingData, gone, { mode: 'mean', indicator: true });
  });
  it('Convert to Indicator Values', async () => {
    expect(await expectSame(convertToIndicatorValues, data, { overwrite: true })).toBe(5);
  });
  it('holds what was seen, for forms and checks', async () => {
    const run = await runNode(cleanMissingData, { data: tableOf({ n: [1, 5, 3, null], c: ['b', 'a', 'b', 'b'] }) }, { mode: 'mode' });
    expect((run.outputs.transform as Transform).signature.inputs).toEqual([
      { name: 'n', type: 'number', required: false, minimum: 1, maximum: 5, example: 3 },
      { name: 'c', type: 'category', required: true, levels: ['a', 'b'], example: 'b' },
    ]);
  });
});

describe('a scoring path of these nodes', () => {
  it('fuses into one graph that gives what the run prepared', async () => {
    const data = mixed(300, 3);
    const steps: { node: AnyNode; params: object }[] = [
      { node: selectColumnsInDataset, params: { columns: { mode: 'rules', start: 'all', rules: [{ action: 'exclude', by: 'name', values: ['day'] }] } } },
      { node: editMetadata, params: { columns: columnsNamed('rooms'), categorical: 'categorical', newNames: 'kind' } },
      { node: cleanMissingData, params: { mode: 'mode' } },
      { node: convertToIndicatorValues, params: { columns: columnsNamed('kind') } },
      { node: normalizeData, params: {} },
    ];
    let table = data;
    const stages: Stage[] = [];
    for (const step of steps) {
      const run = await runNode(step.node, { data: table }, step.params as Record<string, unknown>);
      const scoring: AtScoring = step.node.atScoring(params(step.node, step.params), { data: table.schema });
      if (scoring.as === 'columns') stages.push({ as: 'columns', steps: scoring.steps });
      else if (scoring.as === 'fitted') stages.push({ as: 'graph', ...(run.outputs[scoring.output] as Transform) });
      table = run.outputs.data as Table;
    }
    const builder = new GraphBuilder();
    const names = ['price', 'ratio', 'kind-0', 'kind-8'];
    builder.output('score', builder.node('ReduceSum', [builder.concat(names.map((name) => builder.input(name, 'float'))), builder.int64s([1])]), 'float');
    builder.output('town', builder.node('Identity', [builder.input('city', 'string')]), 'string');
    const inputs = [...names.map((name) => ({ name, type: 'number' as const, required: true })), { name: 'city', type: 'category' as const, required: true }];
    const signature = {
      kind: 'model' as const,
      inputs,
      outputs: [
        { name: 'score', type: 'number' as const, role: 'score' as const },
        { name: 'town', type: 'category' as const, role: 'score' as const },
      ],
      drops: [],
    };
    stages.push({ as: 'graph', onnx: builder.toBytes(), signature });
    const fused = fuse(stages, data.schema);
    expect(fused.signature.inputs.map((each) => each.name)).toEqual(['price', 'ratio', 'rooms', 'city']);
    expect(fused.signature.inputs.every((each) => !each.required)).toBe(true);
    const raw = { schema: data.schema, columns: await data.read(), rowCount: data.rowCount };
    const prepared = { schema: table.schema, columns: await table.read(), rowCount: table.rowCount };
    for (const against of [prepared, null])
      expect(await proveFused({ stages, fused, input: data.schema, raw, prepared: against }, runner)).toMatchObject({
        equal: true,
        rowCount: 300,
        differingLabels: 0,
      });
  });

  it('renames that change places', () => {
    const { steps } = editMetadata.atScoring(editMetadata.params.parse({ columns: columnsNamed('a', 'b'), newNames: 'b,a' }), {
      data: tableOf({ a: [1], b: ['x'] }).schema,
    }) as { steps: readonly ColumnStep[] };
    const builder = new GraphBuilder();
    builder.output('y', builder.ml('Imputer', [builder.input('b', 'float')], { imputed_value_floats: floats([0]), replaced_value_float: float(NaN) }), 'float');
    const signature = {
      kind: 'model' as const,
      inputs: [{ name: 'b', type: 'number' as const, required: true }],
      outputs: [{ name: 'y', type: 'number' as const, role: 'score' as const }],
      drops: [],
    };
    const fused = fuse(
      [
        { as: 'columns', steps },
        { as: 'graph', onnx: builder.toBytes(), signature },
      ],
      tableSchema([column('a', 'number'), column('b', 'text')]),
    );
    expect(fused.signature.inputs.map((each) => each.name)).toEqual(['a']);
  });
});

describe('Split Data', () => {
  const split = async (data: Table, some: object) => {
    const { outputs } = await runNode(splitData, { data }, some as Record<string, unknown>);
    const read = async (table: Table) => [...((await table.read()).get('n') as Float64Array)];
    return { first: await read(outputs.first as Table), second: await read(outputs.second as Table) };
  };
  const numbered = (rowCount: number, classes: number) =>
    memoryTable(
      tableSchema([column('n', 'integer'), column('class', 'category')]),
      new Map<string, Float64Array | string[]>([
        ['n', Float64Array.from({ length: rowCount }, (_, row) => row)],
        ['class', Array.from({ length: rowCount }, (_, row) => `c${(row * row) % classes}`)],
      ]),
    );

  it('shares rows out exactly, each once and in order, whatever the size, fraction and seed', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 1_000 }),
      fc.boolean(),
      async (rowCount, twentieths, seed, stratified) => {
        const fraction = twentieths / 20;
        const { first, second } = await split(numbered(rowCount, 5), { fraction, seed, stratified, stratifyBy: 'class' });
        expect(first.length).toBe(Math.round(rowCount * fraction));
        expect(first).toEqual(first.toSorted((a, b) => a - b));
        expect(second).toEqual(second.toSorted((a, b) => a - b));
        expect([...first, ...second].toSorted((a, b) => a - b)).toEqual(Array.from({ length: rowCount }, (_, row) => row));
      },
    );
    await fc.assert(property, { numRuns: 12 });
  });

  it('draws by the seed', async () => {
    const data = numbered(200, 3);
    const [one, again, other] = [await split(data, { seed: 1 }), await split(data, { seed: 1 }), await split(data, { seed: 2 })];
    expect(again).toEqual(one);
    expect(other.first).not.toEqual(one.first);
    const early = one.first.filter((row) => row < 100).length;
    expect(early).toBeGreaterThan(30);
    expect(early).toBeLessThan(70);
  });

  it('gives each stratum its fraction, off by less than one', async () => {
    const data = numbered(1_000, 7);
    const all = (await data.read(['class'])).get('class') as string[];
    const { first } = await split(data, { fraction: 0.3, stratified: true, stratifyBy: 'class' });
    for (const name of new Set(all)) {
      const size = all.filter((each) => each === name).length;
      expect(Math.abs(first.filter((row) => all[row] === name).length - size * 0.3)).toBeLessThan(1);
    }
  });
});

describe('expressions of Split Data', () => {
  it('are read to a tree', () => {
    expect(parseRelative('\\"Year" > 2010')).toEqual({ ok: { target: { name: 'Year' }, any: [[{ operator: '>', value: '2010' }]] } });
    expect(parseRelative('(\\0)<=30 & !=20 | == "a | b"')).toEqual({
      ok: {
        target: { index: 0 },
        any: [
          [
            { operator: '<=', value: '30' },
            { operator: '!=', value: '20' },
          ],
          [{ operator: '==', value: 'a | b' }],
        ],
      },
    });
    expect(parseRegular('\\"a \\"b\\"" ^x | y$')).toEqual({ ok: { target: { name: 'a "b"' }, pattern: '^x | y$' } });
  });
  it.each(['Year > 1', '\\"Year"', '\\"Year" > ', '\\"Year" > 1 &', '\\"Year" > 1 and < 2; DROP', '\\"Year" >> 1'])('refuse %s', (text) => {
    expect(parseRelative(text)).toHaveProperty('wrong');
  });
  it.each(['\\"a" (?=x)', '\\"a" (a)\\1', '\\"a" [', '^a'])('refuse the pattern %s', (text) => {
    expect(parseRegular(text)).toHaveProperty('wrong');
  });
  it('never become SQL but as a literal', () => {
    const schema = tableSchema([column('a"; DROP', 'text')]);
    expect(relativeInSql('(\\0) == "x\' OR 1=1 --"', schema).sql).toBe(`("a""; DROP" = 'x'' OR 1=1 --')`);
  });
});

describe('scripts of Apply SQL Transformation', () => {
  it('are divided outside of texts, names and comments', () => {
    expect(splitStatements(`SELECT ';' AS "a;b" -- c;d\n, 1 /* e;f */ - 2 / $x$;$x$; ;SELECT 2;`).map((each) => each.text.replaceAll(/\s+/g, ' '))).toEqual([
      `SELECT ';' AS "a;b" , 1 - 2 / $x$;$x$`,
      'SELECT 2',
    ]);
  });
  it('put views before a WITH of the last query', () => {
    expect(combineStatements('CREATE TABLE "a" AS SELECT 1 AS x; WITH b AS (SELECT * FROM a) SELECT * FROM b')).toMatchObject({
      query: 'WITH "a" AS (SELECT 1 AS x), b AS (SELECT * FROM a) SELECT * FROM b',
    });
  });
  it.each([
    'CREATE VIEW a AS DELETE FROM t1; SELECT 1',
    'PRAGMA x',
    'SET threads = 9; SELECT 1',
    "ATTACH 'x'",
    'CREATE TABLE a (x INT); SELECT 1',
    'EXPLAIN SELECT 1',
  ])('refuse %s', (script) => {
    expect(combineStatements(script)).toMatchObject({ issue: { code: 'sql_refused' } });
  });
  it('cannot leave a common table expression to run something else', async () => {
    const script = 'CREATE VIEW a AS SELECT 1) SELECT 1; SELECT * FROM a';
    await expect(runNode(applySqlTransformation, { t1: tableOf({ n: [1] }) }, { script })).rejects.toThrow();
    await expect(
      runNode(applySqlTransformation, { t1: tableOf({ n: [1] }) }, { script: 'WITH x AS (SELECT 1) INSERT INTO t1 VALUES (2)' }),
    ).rejects.toMatchObject({ code: 'sql_invalid' });
  });
});

describe('issues and their fixes', () => {
  const schema = tableOf({ age: [1], city: ['Oslo'], note: ['a'] }, { note: { type: 'text' } }).schema;
  it('offer the nearest name, or leave the column out', () => {
    expect(chooseColumns(columnsNamed('age', 'citty'), schema).issues[0]!.fix).toEqual({ title: 'Use “city”', set: { columns: columnsNamed('age', 'city') } });
    expect(chooseColumns(columnsNamed('age', 'income'), schema).issues[0]!.fix).toEqual({ title: 'Leave out “income”', set: { columns: columnsNamed('age') } });
    expect(nearestName('Total Charges', ['total_charges', 'monthly_charges'])).toBe('total_charges');
  });
  it.each([
    [normalizeData, { columns: columnsNamed('age', 'city') }],
    [convertToIndicatorValues, { columns: columnsNamed('city', 'note') }],
  ] as const)('solve what they are offered for', (node, some) => {
    const [issue] = inferred(node, schema, some).issues;
    expect(issue!.code).toBe('column_wrong_type');
    expect(inferred(node, schema, { ...some, ...issue!.fix!.set }).issues).toEqual([]);
  });
  it('say nothing of columns that may still come', () => {
    const open = { ...schema, open: true };
    for (const node of [selectColumnsInDataset, editMetadata, cleanMissingData, normalizeData, convertToIndicatorValues]) {
      expect(inferred(node, open, { columns: columnsNamed('later') }).issues).toEqual([]);
    }
  });
});

it('new names may hold commas in quotes', () => {
  expect(readNames('a, "b, ""c""" ,d')).toEqual(['a', 'b, "c"', 'd']);
  expect(readNames('a,,b')).toEqual(['a', '', 'b']);
  expect(readNames('a, b,')).toEqual(['a', 'b']);
  expect(readNames(' ')).toEqual([]);
});
