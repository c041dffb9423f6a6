import { isFinal, type Status } from '#pipelines/events.ts';

interface Shown {
  readonly node: string;
  readonly status: Status;
  readonly outputs: readonly { readonly kind: string }[];
}

/**
 * The step that a run's page opens on: the first that failed; while the run is on its way, the first of those that run and tell how they learn; else
 * the last that gave a report; else the last that gave anything. `learns` tells whether curves of a node are there.
 */
export const openingStep = <S extends Shown>(steps: readonly S[], learns: (node: string) => boolean): S | null =>
  steps.find(({ status }) => status === 'failed' || status === 'crashed') ??
  steps.find(({ node, status }) => !isFinal(status) && learns(node)) ??
  steps.findLast(({ outputs }) => outputs.some(({ kind }) => kind === 'report')) ??
  steps.findLast(({ outputs }) => outputs.length > 0) ??
  null;
