import { wholeQuery, type AnyNode, type Assets, type Catalog, type ColumnQuery, type Ports } from '#nodes/kit/define.ts';
import { paramMetas } from '#nodes/kit/params.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { DocumentNode, PipelineDocument } from '../document.ts';
import { deepEqual } from '../equal.ts';
import { graphOf, topologicalOrder } from '../graph.ts';
import { nodeType, own } from '../look-up.ts';
import { propagate, type NodeState, type Observed } from '../propagate.ts';
import { runningPart } from '../running.ts';
import { canonicalJson } from '../signature.ts';
import { HELPERS, type HelperName } from './helpers.ts';
import { isRange, MODELS } from './models.ts';
import { block, comment, PythonNames, text } from './python.ts';
import { TABLES } from './tables.ts';
import { TEXTS } from './texts.ts';
import type { ScriptStep, Translation, Translator } from './translation.ts';

export interface ScriptWorld {
  readonly catalog: Catalog;
  readonly assets: Assets;
  readonly observed?: Observed;
}

const TRANSLATORS: Readonly<Record<string, Translator>> = { ...TABLES, ...TEXTS, ...MODELS };
const PACKAGES: Readonly<Record<string, string>> = {
  pandas: 'pandas',
  numpy: 'numpy',
  sklearn: 'scikit-learn',
  scipy: 'scipy',
  duckdb: 'duckdb',
  onnxruntime: 'onnxruntime',
};
const RESERVED = [
  ...Object.keys(HELPERS),
  'FOLDER',
  'columns',
  'name',
  'pd',
  'np',
  'io',
  'sys',
  'json',
  'metrics',
  'duckdb',
  're',
  'clone',
  'softmax',
  'to_length_one',
  'train_test_split',
  'make_pipeline',
  'print',
  'round',
  'len',
  'str',
  'list',
  'float',
];

/**
 * The pipeline as a Python script that runs without Modelwright, with pandas, scikit-learn and DuckDB: one block a node, in the order of a run.
 * Results are close to those of a run and not the same bytes. A node without translation raises NotImplementedError, its parameters beside it.
 */
export function pythonScript(document: PipelineDocument, world: ScriptWorld): string {
  const { running } = runningPart(document, world.catalog);
  const states = propagate(running, world);
  const graph = graphOf(running);
  const { order, rest } = topologicalOrder(graph);
  const names = new PythonNames(RESERVED);
  const variables = new Map<string, string>();
  const used = { imports: new Set<string>(), helpers: new Set<HelperName>() };
  const blocks = [...order, ...rest].map((id) => {
    const node = graph.nodes.get(id)!;
    const definition = nodeType(world.catalog, node.type);
    const title = node.name || definition?.title || node.type;
    const inputs: Record<string, string> = {};
    for (const { from, to } of graph.incoming.get(id) ?? []) {
      const variable = variables.get(`${from.node}\n${from.port}`);
      if (variable !== undefined) inputs[to.port] = variable;
    }
    const outputs = outputsOf(id, definition, graph.outgoing.get(id) ?? [], names);
    for (const [port, variable] of Object.entries(outputs)) variables.set(`${id}\n${port}`, variable);
    const translation = definition ? translate(definition, node, { inputs: ordered(inputs, definition), outputs, state: states.get(id), world }) : null;
    for (const line of translation?.imports ?? []) used.imports.add(line);
    for (const name of translation?.helpers ?? []) addHelper(name, used);
    return [...comment(title), ...comment(node.comment).filter((line) => line !== '#'), ...(translation?.lines ?? missing(node, title))].join('\n');
  });
  const imports = gathered(used.imports).sort(byKind);
  const packages = [...new Set(imports.map((line) => PACKAGES[line.split(/[ .]/)[1]!]).filter((name) => name !== undefined))];
  const head = [
    ...comment(document.name),
    ...comment(document.description).filter((line) => line !== '#'),
    '#',
    ...comment('Written by Modelwright; runs without it. Results are close to those of a run, not the same to the last digit.'),
    ...(packages.length > 0 ? comment(`pip install ${packages.join(' ')}`) : []),
  ];
  const helpers = (Object.keys(HELPERS) as HelperName[]).filter((name) => used.helpers.has(name));
  return `${[head.join('\n'), imports.join('\n'), ...helpers.map((name) => HELPERS[name].code.trimStart()), ...blocks].filter((part) => part !== '').join('\n\n')}\n`;
}

/** `import` before `from`, each by name. */
const byKind = (one: string, other: string): number => Number(one.startsWith('from')) - Number(other.startsWith('from')) || (one < other ? -1 : 1);

/** One line for each module. */
function gathered(lines: Iterable<string>): string[] {
  const from = new Map<string, Set<string>>();
  const whole: string[] = [];
  for (const line of lines) {
    const [, module, names] = /^from (\S+) import (.+)$/.exec(line) ?? [];
    if (module === undefined) whole.push(line);
    else for (const name of names!.split(', ')) from.set(module, (from.get(module) ?? new Set()).add(name));
  }
  return [...whole, ...[...from].map(([module, names]) => `from ${module} import ${[...names].sort().join(', ')}`)];
}

function addHelper(name: HelperName, used: { imports: Set<string>; helpers: Set<HelperName> }): void {
  used.helpers.add(name);
  for (const line of HELPERS[name].imports) used.imports.add(line);
  for (const each of HELPERS[name].needs) addHelper(each, used);
}

/** Variables for the outputs that something reads; at least one, so that every node leaves a name. */
function outputsOf(id: string, definition: AnyNode | undefined, outgoing: readonly { from: { port: string } }[], names: PythonNames): Record<string, string> {
  const declared = Object.keys((definition?.outputs as Ports | undefined) ?? {});
  const read = new Set(outgoing.map(({ from }) => from.port));
  const optional = (port: string): boolean => (definition?.outputs as Ports | undefined)?.[port]?.kind === 'transform' && !read.has(port);
  const ports = [...declared.filter((port) => !optional(port)), ...[...read].filter((port) => !declared.includes(port))];
  return Object.fromEntries(ports.map((port) => [port, names.free(ports.length === 1 ? id : `${id}_${port}`)]));
}

/** In the order of the node type's ports. */
function ordered(inputs: Readonly<Record<string, string>>, definition: AnyNode): Record<string, string> {
  return Object.fromEntries(Object.keys(definition.inputs).flatMap((port) => (inputs[port] === undefined ? [] : [[port, inputs[port]]])));
}

interface Around {
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: NodeState | undefined;
  readonly world: ScriptWorld;
}

function translate(definition: AnyNode, node: DocumentNode, { inputs, outputs, state, world }: Around): Translation | null {
  if (!state?.params || node.version > definition.version) return null;
  const required = Object.entries(definition.inputs as Ports).some(([port, { optional }]) => !optional && inputs[port] === undefined);
  if (required) return null;
  const tables = Object.values(state.inputs).filter((spec): spec is TableSchema => spec !== undefined && 'columns' in spec);
  const table = tables[0] && !tables[0].open ? tables[0] : undefined;
  const step: ScriptStep = { definition, params: state.params, inputs, outputs, specs: state.inputs, table, assets: world.assets };
  const translator = own(TRANSLATORS, definition.type);
  const said = translator && onlyUses(translator, definition, state.params) ? translator.toPython(step) : null;
  return said ?? inSql(step);
}

function onlyUses({ uses }: Translator, definition: AnyNode, params: Readonly<Record<string, unknown>>): boolean {
  return paramMetas(definition.params).every(({ name, default: usual }) => uses.includes(name) || isRange(name) || deepEqual(params[name], usual));
}

/** A node that is only SQL says it itself; DuckDB runs it over the same tables. */
function inSql({ definition, params, inputs, outputs, specs }: ScriptStep): Translation | null {
  const known = Object.keys(inputs).every((port) => specs[port] !== undefined && !('open' in specs[port] && specs[port].open));
  if (!definition.sql || definition.asks || !known) return null;
  try {
    const queries = definition.sql(specs as never, params as never, {}) as Readonly<Record<string, string | ColumnQuery>>;
    const tables = Object.entries(inputs).map(([port, variable]) => `${port}=${variable}`);
    const lines = Object.entries(outputs).map(([port, variable]) => `${variable} = query(${[block(wholeQuery(queries[port]!)), ...tables].join(', ')})`);
    return { lines, helpers: ['query'] };
  } catch {
    return null;
  }
}

function missing(node: DocumentNode, title: string): string[] {
  return [
    ...comment(`${node.type}, version ${node.version}: ${canonicalJson(node.params)}`),
    `raise NotImplementedError(${text(`${title} has no translation to Python yet`)})`,
  ];
}
