import type { AnyNode, Assets, Catalog, Ports } from '#nodes/kit/define.ts';
import type { Kind } from '#nodes/kit/kinds.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { newNodesFor } from '#pipelines/edit/wires.ts';
import { nodeType } from '#pipelines/look-up.ts';
import { outerPorts } from '#pipelines/outer-ports.ts';
import type { PortPlace } from '../state/keys.ts';

export interface FittingQuestion {
  readonly kind: Kind;
  /** The end of the wire that is there already. */
  readonly end: 'output' | 'input';
  /** What is known at that end, such as the columns of a table. */
  readonly spec: unknown;
  readonly assets: Assets;
  /** How often a person wired such a node there, and how often they used it at all. */
  readonly pairs: (type: string) => number;
  readonly uses: (type: string) => number;
}

/** How many errors the node would have at once with what enters it, as it is when it is new. What has to be set first is no fault of the schema. */
function errorsAt(node: AnyNode, port: string, { spec, assets }: FittingQuestion): number {
  const { issues } = node.infer({ [port]: spec } as never, node.params.parse({}) as never, assets);
  return issues.filter(({ level, code }) => level === 'error' && code !== 'parameter_missing' && code !== 'port_missing').length;
}

/**
 * Node types for the free end of a wire, the best first: those that the columns suit, then what a person wires there most, then what needs nothing
 * else to run, then what is used most, and last the order of the library.
 */
export function fittingNodes(catalog: Catalog, question: FittingQuestion): AnyNode[] {
  const scored = newNodesFor(catalog, question.kind, question.end === 'output' ? 'input' : 'output').map(({ definition, port }, at) => {
    const others = Object.entries(definition.inputs as Ports).filter(([name, { optional }]) => !optional && !(question.end === 'output' && name === port));
    return {
      definition,
      at,
      errors: question.end === 'output' && question.spec !== undefined ? errorsAt(definition, port, question) : 0,
      pairs: question.pairs(definition.type),
      others: others.length,
      uses: question.uses(definition.type),
    };
  });
  return scored
    .sort((a, b) => a.errors - b.errors || b.pairs - a.pairs || a.others - b.others || b.uses - a.uses || a.at - b.at)
    .map(({ definition }) => definition);
}

/** The port of a sub-pipeline that the free end of a wire goes to: a needed one before an optional one; null where none fits. */
export function fittingPort(catalog: Catalog, subPipeline: PipelineDocument, { kind, end }: Pick<FittingQuestion, 'kind' | 'end'>): PortPlace | null {
  const types = new Map(subPipeline.nodes.map(({ id, type }) => [id, nodeType(catalog, type)]));
  const whole = outerPorts(subPipeline, { nodes: [...types.keys()] }, (node, side) => (types.get(node)?.[side] ?? {}) as Ports);
  const ports = whole[end === 'output' ? 'inputs' : 'outputs'].filter(({ port }) => port.kind === kind);
  const best = ports.find(({ port }) => !port.optional) ?? ports[0];
  return best ? { node: best.node, port: best.name } : null;
}
