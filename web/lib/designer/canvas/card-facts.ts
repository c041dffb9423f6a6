import type { DocumentNode } from '#pipelines/document.ts';
import { isFinal } from '#pipelines/events.ts';
import type { Designer } from '../designer.svelte.ts';
import type { CardFacts } from './card.ts';

/** All that a card's words depend on, looked up for one node. */
export function cardFacts(designer: Designer, node: DocumentNode): CardFacts {
  const { run, document, past } = designer;
  const step = run.steps.get(node.id);
  const live = step !== undefined && run.current?.id === step.runId && (run.active || past !== null);
  const waitsFor =
    live && step.status === 'queued'
      ? new Set(document.edges.filter(({ to }) => to.node === node.id).map(({ from }) => from.node).filter((id) => {
          const before = run.steps.get(id);
          return before?.runId === step.runId && !isFinal(before.status);
        })).size
      : 0;
  return {
    node,
    definition: designer.catalog[node.type],
    state: designer.states.get(node.id),
    issues: past ? [] : (designer.issuesByNode.get(node.id) ?? []),
    step,
    plan: run.plan.get(node.id),
    progress: live ? run.progress.get(node.id) : undefined,
    live,
    ran: run.ranDocument?.nodes.find((each) => each.id === node.id),
    inference: designer.isInference,
    waitsFor,
    now: Date.now(),
  };
}
