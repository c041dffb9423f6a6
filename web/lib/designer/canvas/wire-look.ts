import type { Kind } from '#nodes/kit/kinds.ts';
import type { Mark } from '#pipelines/compare.ts';
import type { Designer } from '../designer.svelte.ts';
import type { FlowEdge } from './project.ts';

export interface WireLook {
  readonly kind: Kind;
  /** Whether data goes through it now, went, is awaited, or never comes (`off`). */
  readonly flow: 'flow' | 'there' | 'wait' | 'wait off';
  /** What became of it between two versions that are compared. */
  readonly mark: Mark | undefined;
}

export function wireLook(designer: Designer, { id, from, to }: NonNullable<FlowEdge['data']>): WireLook {
  const kind = designer.portOf(from, 'outputs')?.kind ?? 'table';
  const mark = designer.comparison?.edges.get(id);
  if (designer.nodes.get(from.node)?.disabled || designer.nodes.get(to.node)?.disabled) return { kind, mark, flow: 'wait off' };
  const step = designer.run.steps.get(to.node);
  const flows = designer.run.active && step?.runId === designer.run.current?.id && step?.status === 'running';
  return { kind, mark, flow: flows ? 'flow' : designer.artifactAt(from) ? 'there' : 'wait' };
}
