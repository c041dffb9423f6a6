import type { Catalog, Ports } from '#nodes/kit/define.ts';
import type { DocumentEdge, DocumentNode, PipelineDocument } from './document.ts';
import { graphOf, topologicalOrder } from './graph.ts';
import { nodeType, portOf } from './look-up.ts';

type Parts = Pick<PipelineDocument, 'nodes' | 'edges'>;
type Place = DocumentEdge['from'];

/** What runs of a document, and what does not. */
export interface RunningPart {
  /** The nodes that can run, with wires past those that are disabled; the document itself when all can run. */
  readonly running: Parts;
  /** All nodes, with wires past those that are disabled and wires into them: what schemas propagate along. */
  readonly known: Parts;
  /** Nodes that do not run: null for a disabled one, else why, for people. */
  readonly off: ReadonlyMap<string, string | null>;
}

const parts = new WeakMap<readonly DocumentNode[], { edges: readonly DocumentEdge[]; catalog: Catalog; part: RunningPart }>();

/**
 * Takes disabled nodes out of a document. What feeds the first input of an output's kind takes the place of that output; where there is none,
 * nodes that cannot do without it do not run either. The same lists of nodes and edges give the same part.
 */
export function runningPart(document: Parts, catalog: Catalog): RunningPart {
  const known = parts.get(document.nodes);
  if (known?.edges === document.edges && known.catalog === catalog) return known.part;
  const part = document.nodes.some((node) => node.disabled) ? find(document, catalog) : { running: document, known: document, off: new Map() };
  parts.set(document.nodes, { edges: document.edges, catalog, part });
  return part;
}

function find(document: Parts, catalog: Catalog): RunningPart {
  const graph = graphOf(document);
  const nameOf = (id: string): string => {
    const node = graph.nodes.get(id)!;
    return node.name || nodeType(catalog, node.type)?.title || node.type;
  };
  const off = new Map<string, string | null>(document.nodes.filter((node) => node.disabled).map((node) => [node.id, null]));
  /** What stands for an output: itself, what passes through its disabled node, or nothing. */
  const standIn = (place: Place): Place | null => {
    const seen = new Set<string>();
    let at = place;
    while (off.get(at.node) === null && off.has(at.node)) {
      if (seen.has(at.node)) return null;
      seen.add(at.node);
      const input = passedInput(graph.nodes.get(at.node)!, catalog, at.port);
      const before = input === null ? undefined : graph.incoming.get(at.node)!.find(({ to }) => to.port === input);
      if (!before) return null;
      at = before.from;
    }
    return at;
  };
  const edges: DocumentEdge[] = [];
  const lost = new Map<string, DocumentEdge[]>();
  for (const edge of document.edges) {
    if (!graph.nodes.has(edge.from.node) || !graph.nodes.has(edge.to.node)) edges.push(edge);
    else {
      const from = standIn(edge.from);
      if (from) edges.push(from === edge.from ? edge : { from, to: edge.to });
      else lost.set(edge.to.node, [...(lost.get(edge.to.node) ?? []), edge]);
    }
  }
  const shown: Parts = { nodes: [...document.nodes], edges };
  const passed = graphOf(shown);
  const { order, rest } = topologicalOrder(passed);
  for (const id of [...order, ...rest]) {
    const node = passed.nodes.get(id)!;
    if (node.disabled || node.pin) continue;
    const needs = (port: string): boolean => portOf(nodeType(catalog, node.type), 'inputs', port)?.optional !== true;
    const gone = (lost.get(id) ?? []).find(({ to }) => needs(to.port));
    const waits = passed.incoming.get(id)!.find(({ from, to }) => off.has(from.node) && needs(to.port));
    if (gone) off.set(id, `“${nameOf(gone.from.node)}” is disabled and nothing passes through it. Enable it, or connect something else.`);
    else if (waits) off.set(id, `“${nameOf(waits.from.node)}” before it does not run.`);
  }
  const runs = edges.filter(({ from, to }) => !off.has(from.node) && !off.has(to.node));
  return { running: { nodes: document.nodes.filter((node) => !off.has(node.id)), edges: runs }, known: shown, off };
}

/** The input whose content leaves a disabled node by an output: the first of the same kind, or null. */
export function passedInput(node: Pick<DocumentNode, 'type'>, catalog: Catalog, output: string): string | null {
  const definition = nodeType(catalog, node.type);
  const kind = portOf(definition, 'outputs', output)?.kind;
  const inputs = (definition?.inputs ?? {}) as Ports;
  return (kind !== undefined && Object.keys(inputs).find((name) => inputs[name]!.kind === kind)) || null;
}
