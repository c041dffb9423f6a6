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
}

type PortsOf = (node: string, side: 'inputs' | 'outputs') => Ports;

/**
 * What a group takes and gives as a whole: inputs that come from outside or are still needed, outputs that go outside or nowhere, in the order
 * of its nodes and their ports.
 */
export function outerPorts(document: Pick<PipelineDocument, 'nodes' | 'edges'>, group: Pick<DocumentGroup, 'nodes'>, portsOf: PortsOf): OuterPorts {
  const graph = graphOf(document);
  const members = new Set(group.nodes.filter((id) => graph.nodes.has(id)));
  const inputs: OuterPort[] = [];
  const outputs: OuterPort[] = [];
  for (const node of members) {
    for (const [name, port] of Object.entries(portsOf(node, 'inputs'))) {
      const wires = graph.incoming.get(node)!.filter(({ to }) => to.port === name);
      const wired = wires.some(({ from }) => !members.has(from.node));
      if (wired || (wires.length === 0 && !port.optional)) inputs.push({ node, name, port, wired });
    }
    for (const [name, port] of Object.entries(portsOf(node, 'outputs'))) {
      const wires = graph.outgoing.get(node)!.filter(({ from }) => from.port === name);
      const wired = wires.some(({ to }) => !members.has(to.node));
      if (wired || wires.length === 0) outputs.push({ node, name, port, wired });
    }
  }
  return { inputs, outputs };
}
