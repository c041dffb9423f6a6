import type { AnyNode, Assets, Catalog, Ports } from '#nodes/kit/define.ts';
import { problem, warning, type Issue } from '#nodes/kit/issues.ts';
import type { Kind, ModelSpec, SpecOf, TransformSpec } from '#nodes/kit/kinds.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { DocumentNode, PipelineDocument } from './document.ts';
import { deepEqual } from './equal.ts';
import { graphOf, topologicalOrder, type Graph } from './graph.ts';
import { nodeType, own, portOf } from './look-up.ts';
import { parseParams } from './node-params.ts';
import { atOnce, type Paused } from './paused.ts';
import { passedInput, runningPart } from './running.ts';

export type AnySpec = SpecOf<Kind>;
/** Specs by port; undefined or absent where nothing is known. */
export type PortSpecs = Readonly<Record<string, AnySpec | undefined>>;
/** The true specs of the last run: node id → output port → spec. */
export type Observed = Readonly<Record<string, PortSpecs>>;

export interface NodeState {
  /** Parsed, with defaults; null when a parameter is wrong or the type is unknown. */
  readonly params: Readonly<Record<string, unknown>> | null;
  readonly inputs: PortSpecs;
  readonly outputs: PortSpecs;
  readonly issues: readonly Issue[];
}

/** Remembers what was inferred for each node, so that an edit recomputes only what depends on it. Keep one per open document. */
export type PropagationMemo = Map<string, MemoEntry>;
export const createMemo = (): PropagationMemo => new Map();

export interface PropagationWorld {
  readonly catalog: Catalog;
  readonly assets: Assets;
  readonly observed?: Observed;
  readonly memo?: PropagationMemo;
}

interface MemoEntry {
  readonly definition: AnyNode | undefined;
  readonly params: DocumentNode['params'];
  readonly version: number;
  readonly type: string;
  readonly assets: Assets;
  readonly observed: PortSpecs | undefined;
  readonly pin: DocumentNode['pin'];
  readonly inputs: PortSpecs;
  readonly wired: string;
  readonly state: NodeState;
}

/**
 * What is known at every port without running anything: runs each node type's `infer` in topological order. Nodes on a circle get no
 * inputs from it. Total: whatever a node type throws becomes an issue on its node.
 */
export function propagate(document: Pick<PipelineDocument, 'nodes' | 'edges'>, world: PropagationWorld): ReadonlyMap<string, NodeState> {
  return atOnce(propagating(document, world));
}

/** `propagate` for whoever has other things to do meanwhile: pauses after each node. */
export function* propagating(document: Pick<PipelineDocument, 'nodes' | 'edges'>, world: PropagationWorld): Paused<ReadonlyMap<string, NodeState>> {
  const { known, off } = runningPart(document, world.catalog);
  const graph = graphOf(known);
  const { order, rest } = topologicalOrder(graph);
  const states = new Map<string, NodeState>();
  for (const id of [...order, ...rest]) {
    const state = stateOf(graph, id, states, world);
    const why = off.get(id);
    states.set(
      id,
      why === undefined ? state : why === null ? passing(graph.nodes.get(id)!, world.catalog, state) : { ...state, issues: [warning('node_off', why)] },
    );
    yield;
  }
  if (world.memo) for (const id of world.memo.keys()) if (!states.has(id)) world.memo.delete(id);
  return states;
}

/** A disabled node has nothing wrong, and gives what enters it. */
function passing(node: DocumentNode, catalog: Catalog, { params, inputs }: NodeState): NodeState {
  const ports = Object.keys((nodeType(catalog, node.type)?.outputs ?? {}) as Ports);
  const outputs = ports.map((port) => [port, own(inputs, passedInput(node, catalog, port) ?? '')] as const);
  return { params, inputs, outputs: Object.fromEntries(outputs), issues: [] };
}

function stateOf(graph: Graph, id: string, states: ReadonlyMap<string, NodeState>, world: PropagationWorld): NodeState {
  const node = graph.nodes.get(id)!;
  const definition = nodeType(world.catalog, node.type);
  const inputs: Record<string, AnySpec | undefined> = {};
  const wiredPorts: string[] = [];
  for (const { from, to } of graph.incoming.get(id)!) {
    wiredPorts.push(to.port);
    const spec = own(states.get(from.node)?.outputs, from.port);
    if (spec !== undefined && inputs[to.port] === undefined && sameKind(world.catalog, graph, from, definition, to.port)) inputs[to.port] = spec;
  }
  const wired = wiredPorts.sort().join('\n');
  const observed = own(world.observed, id);
  const known = world.memo?.get(id);
  if (
    known &&
    known.definition === definition &&
    known.params === node.params &&
    known.version === node.version &&
    known.type === node.type &&
    known.assets === world.assets &&
    known.observed === observed &&
    known.pin === node.pin &&
    known.wired === wired &&
    sameSpecs(known.inputs, inputs)
  ) {
    return known.state;
  }
  let state = infer(node, definition, inputs, wiredPorts, observed, world.assets);
  if (node.pin) state = pinned(state, observed);
  if (known) state = { ...state, outputs: keepEqual(known.state.outputs, state.outputs) };
  world.memo?.set(id, {
    definition,
    params: node.params,
    version: node.version,
    type: node.type,
    assets: world.assets,
    observed,
    pin: node.pin,
    inputs,
    wired,
    state,
  });
  return state;
}

/** What is wrong with a pinned node stops no run, and what it gives is known once its results were looked at. */
function pinned(state: NodeState, observed: PortSpecs | undefined): NodeState {
  const issues = state.issues.map((issue): Issue => ({ ...issue, level: 'warning' }));
  return { ...state, issues, outputs: observed ? { ...state.outputs, ...observed } : state.outputs };
}

function sameKind(catalog: Catalog, graph: Graph, from: { node: string; port: string }, definition: AnyNode | undefined, port: string): boolean {
  const source = nodeType(catalog, graph.nodes.get(from.node)!.type);
  const leaves = portOf(source, 'outputs', from.port);
  const enters = portOf(definition, 'inputs', port);
  return leaves !== undefined && enters !== undefined && leaves.kind === enters.kind;
}

function sameSpecs(one: PortSpecs, other: PortSpecs): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

/** Outputs that did not change keep their identity, so that nothing behind them is recomputed. */
function keepEqual(before: PortSpecs, after: PortSpecs): PortSpecs {
  return Object.fromEntries(Object.entries(after).map(([port, spec]) => [port, deepEqual(before[port], spec) ? before[port] : spec]));
}

function infer(
  node: DocumentNode,
  definition: AnyNode | undefined,
  inputs: PortSpecs,
  wired: readonly string[],
  observed: PortSpecs | undefined,
  assets: Assets,
): NodeState {
  if (!definition) {
    const issue = problem(
      'node_unknown_type',
      `Unknown node type "${node.type}": this installation does not have it. Remove the node, or install what provides it.`,
    );
    return { params: null, inputs, outputs: observed ?? {}, issues: [issue] };
  }
  if (node.version > definition.version) {
    const message = `Made with a newer version of "${definition.title}" (${node.version}; here is ${definition.version}). Update this installation, or replace the node.`;
    return { params: null, inputs, outputs: observed ?? {}, issues: [problem('node_newer_version', message)] };
  }
  const { params, issues: paramIssues } = parseParams(definition, node);
  const issues: Issue[] = [...paramIssues];
  for (const [name, port] of Object.entries(definition.inputs as Ports)) {
    if (!port.optional && !wired.includes(name)) issues.push(problem('port_missing', `Connect ${port.title}.`, { port: name }));
  }
  if (!params) return { params: null, inputs, outputs: observed ?? {}, issues };
  try {
    const inferred = definition.infer(inputs, params, assets);
    issues.push(...inferred.issues);
    return { params, inputs, outputs: withObserved(definition, inferred.outputs as PortSpecs, observed), issues };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    issues.push(warning('step_threw', `The check of this node failed inside "${definition.title}" (${message}). Please report it; the node can still be run.`));
    return { params, inputs, outputs: observed ?? {}, issues };
  }
}

/** A guess that is open gives way to what the last run saw, unless the guess names columns that the last run did not have. */
function withObserved(definition: AnyNode, guessed: PortSpecs, observed: PortSpecs | undefined): PortSpecs {
  if (!observed) return guessed;
  const outputs: Record<string, AnySpec | undefined> = { ...guessed };
  for (const [name, port] of Object.entries(definition.outputs as Ports)) {
    const seen = observed[name];
    if (seen !== undefined && isOpen(port.kind, guessed[name], seen)) outputs[name] = seen;
  }
  return outputs;
}

function isOpen(kind: Kind, guess: AnySpec | undefined, seen: AnySpec): boolean {
  if (guess === undefined) return true;
  if (kind === 'table') {
    const table = guess as TableSchema;
    const names = new Set((seen as TableSchema).columns.map((each) => each.name));
    return table.open && table.columns.every((each) => names.has(each.name));
  }
  if (kind === 'model' || kind === 'transform') {
    const signature = (seen as ModelSpec | TransformSpec).signature;
    return (
      (guess as ModelSpec | TransformSpec).signature === undefined &&
      signature !== undefined &&
      (kind === 'transform' || sameLabel(guess as ModelSpec, seen as ModelSpec))
    );
  }
  return false;
}

const sameLabel = (guess: ModelSpec, seen: ModelSpec): boolean => guess.label === undefined || guess.label === (seen.label ?? seen.signature?.label?.name);
