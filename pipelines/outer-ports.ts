import type { Port, Ports } from '#nodes/kit/define.ts';
import type { DocumentGroup, PipelineDocument } from './document.ts';
import { graphOf } from './graph.ts';

/** A port of one of a group's nodes that stands on the group's card. */
export interface OuterPort {
  readonly node: string;
  readonly name: string;
  readonly port: Port;
  /** A wire crosses the border of the group there. */
  readonly wired: boolean;
}
export interface OuterPorts {
  readonly inputs: readonly OuterPort[];
  readonly outputs: readonly OuterPort[];
  /** How many ports could be wired from outside too, but stand on the card only with `allPorts`. */
  readonly more: number;
}

/** So many inputs stand on a card with their optional ones; of more only those that are wired or needed do. */
const ROOM = 6;

type PortsOf = (node: string, side: 'inputs' | 'outputs') => Ports;

/**
 * What a group takes and gives as a whole, in the order of its nodes and their ports: inputs that come from outside or are still free, outputs
 * that go outside or nowhere. Free optional inputs stay behind where there are many. With `allPorts` they are there too, and outputs that only
 * feed the group itself.
 */
export function outerPorts(
  document: Pick<PipelineDocument, 'nodes' | 'edges'>,
  group: Pick<DocumentGroup, 'nodes' | 'allPorts'>,
  portsOf: PortsOf,
): OuterPorts {
  const graph = graphOf(document);
  const members = new Set(group.nodes.filter((id) => graph.nodes.has(id)));
  const inputs: OuterPort[] = [];
  const outputs: OuterPort[] = [];
  const inner = new Set<OuterPort>();
  for (const node of members) {
    for (const [name, port] of Object.entries(portsOf(node, 'inputs'))) {
      const wires = graph.incoming.get(node)!.filter(({ to }) => to.port === name);
      const wired = wires.some(({ from }) => !members.has(from.node));
      if (wired || wires.length === 0) inputs.push({ node, name, port, wired });
    }
    for (const [name, port] of Object.entries(portsOf(node, 'outputs'))) {
      const wires = graph.outgoing.get(node)!.filter(({ from }) => from.port === name);
      const wired = wires.some(({ to }) => !members.has(to.node));
      const output = { node, name, port, wired };
      if (!wired && wires.length > 0) inner.add(output);
      outputs.push(output);
    }
  }
  if (group.allPorts) return { inputs, outputs, more: 0 };
  const some = inputs.length > ROOM ? inputs.filter(({ wired, port }) => wired || !port.optional) : inputs;
  const given = outputs.filter((output) => !inner.has(output));
  return { inputs: some, outputs: given, more: inputs.length - some.length + inner.size };
}
