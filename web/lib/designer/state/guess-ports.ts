import type { Catalog, Port, Ports } from '#nodes/kit/define.ts';
import type { PipelineDocument } from '#pipelines/document.ts';

/** Ports of nodes whose type is unknown here, read off their wires; the kind is that of the known end, else a table. */
export function guessPorts(document: PipelineDocument, catalog: Catalog): Map<string, { inputs: Ports; outputs: Ports }> {
  const types = new Map(document.nodes.map((node) => [node.id, node.type]));
  const unknown = new Map(
    document.nodes
      .filter((node) => !Object.hasOwn(catalog, node.type))
      .map((node) => [node.id, { inputs: {} as Record<string, Port>, outputs: {} as Record<string, Port> }]),
  );
  if (unknown.size === 0) return unknown;
  const kindAt = (node: string, side: 'inputs' | 'outputs', port: string): Port['kind'] =>
    (catalog[types.get(node) ?? '']?.[side] as Ports | undefined)?.[port]?.kind ?? 'table';
  for (const { from, to } of document.edges) {
    const source = unknown.get(from.node);
    const target = unknown.get(to.node);
    if (source) source.outputs[from.port] = { kind: kindAt(to.node, 'inputs', to.port), title: from.port };
    if (target) target.inputs[to.port] = { kind: kindAt(from.node, 'outputs', from.port), title: to.port };
  }
  return unknown;
}
