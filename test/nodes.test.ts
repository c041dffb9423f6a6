import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { catalog } from '#nodes/catalog.ts';
import { NO_ASSETS, type AnyNode, type AtScoring, type Case, type Port } from '#nodes/kit/define.ts';
import type { Transform } from '#nodes/kit/kinds.ts';
import { appliedSchema } from '#nodes/kit/model-schema.ts';
import { paramMetas } from '#nodes/kit/params.ts';
import type { Table, TableSchema } from '#nodes/kit/table.ts';
import { runs } from '#nodes/runs.server.ts';
import { failureOf } from '#server/executor/runtime/failure.ts';
import { createToolbox } from '#server/executor/runtime/toolbox.ts';
import { isTable, ODD_TABLES, oddlyNamed, plainValues, renamed, repeated } from './support/odd-tables.ts';
import { runNode, type NodeRun } from './support/run-node.ts';
import { applySteps, expectAlike, expectEachAlone, withOddValues } from './support/scored.ts';

const nodes: Readonly<Record<string, AnyNode>> = catalog;
const folders = Object.keys(import.meta.glob('../nodes/*/*/node.ts')).map((path) => path.split('/').slice(2, 4) as [string, string]);
const casesOf = import.meta.glob<{ cases: readonly Case<AnyNode>[] }>('../nodes/*/*/cases.ts');
const familyOf = new Map(folders.map(([family, type]) => [type, family]));

/** Checks that a node type does not have to pass, each with its reason. */
const EXCEPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'target-encode': { 'the fitted graph gives the training rows what the node gave': 'training rows get out-of-fold means, the graph has those of all rows' },
};
const excepted = (type: string, check: string): boolean => EXCEPTIONS[type]?.[check] !== undefined;

type Ports = Readonly<Record<string, Port>>;
type Values = Readonly<Record<string, unknown>>;
const parse = (node: AnyNode, params: unknown): Record<string, unknown> => node.params.parse(params ?? {}) as Record<string, unknown>;

/** What `infer` sees of example inputs. */
function specsOf(inputs: Values): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).map(([port, value]) => {
      const each = value as { schema?: TableSchema; signature?: { task?: string; label?: { name: string } }; learner?: string; task?: string; type?: string };
      if (each.schema) return [port, each.schema];
      if (each.signature) return [port, { task: each.signature.task, label: each.signature.label?.name, signature: each.signature }];
      return [port, each.learner ? { learner: each.learner, task: each.task } : { report: each.type }];
    }),
  );
}

async function loadCases(type: string): Promise<readonly Case<AnyNode>[]> {
  const load = casesOf[`../nodes/${familyOf.get(type)}/${type}/cases.ts`];
  return load ? (await load()).cases : [];
}

async function expectTable(actual: Table, expected: Table): Promise<void> {
  expect(actual.schema.columns.map(({ name, type, role }) => ({ name, type, role }))).toEqual(
    expected.schema.columns.map(({ name, type, role }) => ({ name, type, role })),
  );
  const wanted = await expected.read();
  for (const [name, values] of await actual.read()) {
    const [found, want] = [plainValues(values), plainValues(wanted.get(name)!)];
    expect(found.length, `rows of "${name}"`).toBe(want.length);
    for (const [row, value] of found.entries()) {
      const other = want[row]!;
      if (typeof value === 'number' && typeof other === 'number' && Number.isFinite(other))
        expect(Math.abs(value - other), `"${name}", row ${row}: ${value}, expected ${other}`).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(other)));
      else expect(value, `"${name}", row ${row}`).toBe(other);
    }
  }
}

/** What came has just the columns that were promised; missing values only where they were promised. */
function expectPromised(node: AnyNode, inputs: Values, params: unknown, run: NodeRun): void {
  const promised = node.infer(specsOf(inputs), parse(node, params), NO_ASSETS).outputs as Record<string, TableSchema | undefined>;
  for (const [port, { kind }] of Object.entries(node.outputs as Ports)) {
    const schema = promised[port];
    if (kind !== 'table' || !schema || schema.open || run.outputs[port] === undefined) continue;
    const found = (run.outputs[port] as Table).schema.columns;
    expect(found.map(({ name, type, role }) => `${name}: ${type}, ${role}`)).toEqual(schema.columns.map(({ name, type, role }) => `${name}: ${type}, ${role}`));
    const unexpected = found.filter(({ nullable }, index) => nullable && !schema.columns[index]!.nullable).map(({ name }) => name);
    expect(unexpected, 'columns with missing values that were promised to have none').toEqual([]);
  }
}

interface Attempt {
  readonly run?: NodeRun;
  readonly code?: string;
  readonly error?: unknown;
}
async function attempt(node: AnyNode, inputs: Values, params: unknown, signal?: AbortSignal): Promise<Attempt> {
  try {
    return { run: await runNode(node, inputs, (params ?? {}) as Record<string, unknown>, { signal }) };
  } catch (error) {
    return { code: failureOf(error).code, error };
  }
}

const changeTables = async (inputs: Values, change: (table: Table) => Promise<Table>): Promise<Values> =>
  Object.fromEntries(await Promise.all(Object.entries(inputs).map(async ([port, value]) => [port, isTable(value) ? await change(value) : value])));

it('the catalog holds every node type that has a folder', () => {
  expect(Object.keys(nodes).toSorted()).toEqual(folders.map(([, type]) => type).toSorted());
});

for (const [key, node] of Object.entries(nodes)) {
  const cases = await loadCases(key);
  const good = cases.filter((each): each is Case<AnyNode> & { expect: { outputs: Values } } => 'outputs' in each.expect);
  const withTables = good.find(({ inputs }) => Object.values(inputs ?? {}).some(isTable));
  const check = (name: string, body: () => void | Promise<void>): void => {
    if (excepted(key, name)) it.skip(`${name} (${EXCEPTIONS[key]![name]})`, body);
    else it(name, body);
  };

  describe(key, () => {
    check('folder, type and catalog key are one', () => {
      expect(node.type).toBe(key);
      expect(familyOf.has(key)).toBe(true);
    });

    check('defaults parse, and every parameter has a title and a widget', () => {
      parse(node, {});
      for (const { name, meta } of paramMetas(node.params)) {
        expect(meta.title, name).toBeTruthy();
        expect(meta.widget, name).toBeTruthy();
        if (meta.shownWhen) expect(Object.keys(node.params.shape), name).toContain(meta.shownWhen.param);
      }
    });

    check('parameters have a JSON Schema', () => {
      expect(z.toJSONSchema(node.params, { io: 'input' })).toMatchObject({ type: 'object' });
    });

    check('infer without inputs does not throw', () => {
      const { issues } = node.infer({}, parse(node, {}), NO_ASSETS);
      for (const { message } of issues) expect(message).toMatch(/[.!?]$/);
    });

    check('scoring is defined for the defaults', () => {
      expect(node.atScoring(parse(node, {}), {}).as).toBeTruthy();
    });

    check('has a run or SQL', () => {
      expect(key in runs || node.sql !== undefined).toBe(true);
    });

    check('README tells summary, ports, parameters and an example', () => {
      const path = new URL(`../nodes/${familyOf.get(key)}/${key}/README.md`, import.meta.url);
      expect(existsSync(path)).toBe(true);
      const text = readFileSync(path, 'utf8');
      for (const heading of ['Summary', 'Ports', 'Parameters', 'Example']) expect(text).toMatch(new RegExp(`^#+ ${heading}`, 'm'));
      for (const { title } of Object.values({ ...(node.inputs as Ports), ...(node.outputs as Ports) }))
        expect(text.toLowerCase(), 'a port').toContain(title.toLowerCase());
      for (const { meta } of paramMetas(node.params)) expect(text.toLowerCase(), 'a parameter').toContain(meta.title.toLowerCase());
    });

    for (const [index, each] of cases.entries()) {
      check(`case ${index + 1}: ${each.name}`, async () => {
        const inputs = (each.inputs ?? {}) as Values;
        if ('issue' in each.expect) {
          const { issues } = node.infer(specsOf(inputs), parse(node, each.params), NO_ASSETS);
          if (issues.some(({ code }) => code === (each.expect as { issue: string }).issue)) return;
          const { code, error } = await attempt(node, inputs, each.params);
          expect(code, String(error)).toBe(each.expect.issue);
          return;
        }
        const run = await runNode(node, inputs, each.params as Record<string, unknown>);
        for (const [port, expected] of Object.entries(each.expect.outputs)) {
          if (isTable(expected)) await expectTable(run.outputs[port] as Table, expected);
          else expect(run.outputs[port]).toMatchObject(expected as Record<string, unknown>);
        }
        expectPromised(node, inputs, each.params, run);
      });
    }

    const [first] = good;
    if (first && node.deterministic) {
      check('the same run twice gives the same bytes and leaves its inputs alone', async () => {
        const inputs = (first.inputs ?? {}) as Values;
        const before = await snapshot(inputs);
        const [one, two] = [
          await runNode(node, inputs, first.params as Record<string, unknown>),
          await runNode(node, inputs, first.params as Record<string, unknown>),
        ];
        for (const port of Object.keys(one.artifacts)) expect(two.artifacts[port]!.hash, port).toBe(one.artifacts[port]!.hash);
        expect(await snapshot(inputs)).toEqual(before);
      });
    }

    if (withTables) {
      const inputs = withTables.inputs as Values;
      for (const [odd, change] of Object.entries(ODD_TABLES)) {
        check(`${odd}: a result or a coded issue`, async () => {
          const changed = await changeTables(inputs, change);
          const { run, code, error } = await attempt(node, changed, withTables.params);
          if (run) expectPromised(node, changed, withTables.params, run);
          else expect(code, String((error as Error).stack)).not.toBe('step_threw');
        });
      }

      check('odd column names: a result or a coded issue', async () => {
        const names = new Map<string, string>();
        const changed: Record<string, unknown> = {};
        for (const [port, value] of Object.entries(inputs)) changed[port] = isTable(value) ? await oddlyNamed(value, names) : value;
        const params = renamed(withTables.params ?? {}, names);
        const { run, code, error } = await attempt(node, changed, params);
        if (run) expectPromised(node, changed, params, run);
        else expect(code, String((error as Error).stack)).not.toBe('step_threw');
      });

      check('an abort ends it soon', async () => {
        const large = await changeTables(inputs, (table) => repeated(table, Math.max(1, Math.ceil(20_000 / Math.max(1, table.rowCount)))));
        const controller = new AbortController();
        // Of the processor, for the machine may have other things to do.
        let aborted: NodeJS.CpuUsage | null = null;
        setTimeout(() => {
          aborted = process.cpuUsage();
          controller.abort();
        }, 60);
        const { code } = await attempt(node, large, withTables.params, controller.signal);
        if (code === undefined || aborted === null) return;
        const { user, system } = process.cpuUsage(aborted);
        expect((user + system) / 1_000, 'milliseconds').toBeLessThan(5_000);
      });
    }

    const scored = good.map((each) => {
      const inputs = (each.inputs ?? {}) as Values;
      return { ...each, inputs, scoring: node.atScoring(parse(node, each.params), specsOf(inputs) as never) as AtScoring };
    });
    if (scored.some(({ scoring }) => scoring.as === 'fitted')) {
      check('the fitted graph gives the training rows what the node gave', async () => {
        for (const { name, params, inputs, scoring } of scored) {
          if (scoring.as !== 'fitted' || !isTable(inputs[scoring.input])) continue;
          const run = await runNode(node, inputs, params as Record<string, unknown>);
          const transform = (run.outputs[scoring.output] ?? inputs[scoring.output]) as Transform;
          const through = run.outputs[scoring.through] as Table;
          const source = inputs[scoring.input] as Table;
          // What leaves rows out makes columns for those that stay.
          if (through.rowCount !== source.rowCount) continue;
          const runner = await createToolbox().onnx(1);
          const applied = await runner.apply(transform.onnx, transform.signature, await source.read(), source.rowCount);
          const own = await through.read();
          for (const each of transform.signature.outputs) expectAlike(applied.get(each.name)!, own.get(each.name)!, `${name}: “${each.name}”`);
          expect(through.schema.columns.map((each) => each.name)).toEqual(appliedSchema(source.schema, transform.signature).columns.map((each) => each.name));
        }
      });

      check('the fitted graph takes rows with missing and unseen values, each by itself', async () => {
        for (const { params, inputs, scoring } of scored) {
          if (scoring.as !== 'fitted' || !isTable(inputs[scoring.input])) continue;
          const run = await runNode(node, inputs, params as Record<string, unknown>);
          const transform = (run.outputs[scoring.output] ?? inputs[scoring.output]) as Transform;
          await expectEachAlone(transform, await withOddValues(inputs[scoring.input] as Table));
        }
      });
    }

    if (scored.some(({ scoring }) => scoring.as === 'columns')) {
      check('a model gives rows with odd values what the node gives them', async () => {
        for (const { name, params, inputs, scoring } of scored) {
          if (scoring.as !== 'columns') continue;
          for (const changed of [inputs, await changeTables(inputs, withOddValues)]) {
            const run = await runNode(node, changed, params as Record<string, unknown>);
            const through = run.outputs[scoring.through] as Table;
            const own = await through.read();
            const applied = await applySteps(scoring.steps, changed[scoring.input] as Table, through.schema.columns);
            for (const [column, values] of applied) expectAlike(values, own.get(column)!, `${name}: “${column}”`);
          }
        }
      });
    }
  });
}

async function snapshot(inputs: Values): Promise<unknown> {
  const parts = await Promise.all(
    Object.entries(inputs).map(async ([port, value]) => [
      port,
      isTable(value) ? [value.schema, [...(await value.read())].map(([name, values]) => [name, plainValues(values)])] : structuredClone(value),
    ]),
  );
  return parts;
}
