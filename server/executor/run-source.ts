import type { Catalog } from '#nodes/kit/define.ts';
import { problem } from '#nodes/kit/issues.ts';
import type { PinnedInputs } from '#server/db/schema.ts';
import { AppError, notFound } from '#server/errors.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { includedNodes, planned, type Scope } from '#pipelines/plan.ts';
import { graphOf } from '#pipelines/graph.ts';
import type { Outputs, RunRecords } from './run-records.ts';

/**
 * Where a part-run takes what lies before it: what still holds and else is made (`current`), the newest results as they are (`last`), those of a
 * run (`run`), or all of it made anew (`fresh`).
 */
export type RunSource = { readonly kind: 'current' | 'last' | 'fresh' } | { readonly kind: 'run'; readonly run: string };

export interface SourcedScope {
  readonly scope: Scope;
  readonly inputs: PinnedInputs;
}

/**
 * Settles where a part-run begins. Where nothing is known of what lies before it and no run was named, that runs too.
 * @throws AppError 404 for an unknown run, 422 when the named run has no result that is needed
 */
export function sourcedScope(
  records: RunRecords,
  request: { workspaceId: string; pipelineId: string; document: PipelineDocument; catalog: Catalog; scope: Scope; source?: RunSource },
): SourcedScope {
  const { workspaceId, pipelineId, document, catalog, scope } = request;
  const part = planned(document, catalog);
  if (scope.kind === 'all') return { scope: request.source?.kind === 'fresh' ? { ...scope, before: 'fresh' } : scope, inputs: {} };
  const source = request.source ?? { kind: scope.kind === 'node' ? 'last' : 'current' };
  if (source.kind === 'current' || source.kind === 'fresh') return { scope: { ...scope, before: source.kind }, inputs: {} };
  const pinned: Scope = { ...scope, before: 'pinned' };
  if (source.kind === 'run' && records.pipelineOfRun(workspaceId, source.run) !== pipelineId) throw notFound('run', source.run);
  const resultsOf = (node: string): Outputs | undefined => {
    const id = source.kind === 'run' ? records.goodStep(source.run, node) : records.newestGood(pipelineId, node)?.id;
    return id === undefined ? undefined : records.outputs(id);
  };
  const inputs: Record<string, Record<string, string>> = {};
  const included = includedNodes(graphOf(part), pinned);
  for (const { from, to } of part.edges) {
    if (!included.has(to.node) || included.has(from.node)) continue;
    const record = resultsOf(from.node)?.get(from.port);
    if (record) inputs[from.node] = { ...inputs[from.node], [from.port]: record.hash };
    else if (source.kind === 'last') return { scope: { ...scope, before: 'current' }, inputs: {} };
    else throw absent(document, from.node);
  }
  return { scope: pinned, inputs };
}

function absent(document: PipelineDocument, node: string): AppError {
  const name = document.nodes.find(({ id }) => id === node)?.name || node;
  const message = `The chosen run has no result of "${name}". Choose another run, or let it run too.`;
  return new AppError(422, message, { code: 'check_failed', issues: [{ ...problem('data_missing', message), node }] });
}
