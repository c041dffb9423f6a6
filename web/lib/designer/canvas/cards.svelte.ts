import type { DocumentNode } from '#pipelines/document.ts';
import { isFinal } from '#pipelines/events.ts';
import { graphOf } from '#pipelines/graph.ts';
import type { Step } from '../../api-types.ts';
import type { Designer } from '../designer.svelte.ts';
import { cardOf, type Card, type CardFacts } from './card.ts';

type Facts = Omit<CardFacts, 'now'>;

/** What the cards of all nodes say. One pass looks at every node's facts; a card whose facts are as before stays the very same. */
export class Cards {
  readonly #designer: Designer;
  #known: ReadonlyMap<string, { readonly facts: Facts; readonly card: Card }> = new Map();
  readonly #all = $derived.by(() => this.#make());

  constructor(designer: Designer) {
    this.#designer = designer;
  }

  /** Null for a node that is not there. */
  of(id: string): Card | null {
    return this.#all.get(id)?.card ?? null;
  }

  #make(): ReadonlyMap<string, { readonly facts: Facts; readonly card: Card }> {
    const { document, run } = this.#designer;
    const steps = new Map(run.steps);
    const now = Date.now();
    const made = document.nodes.map((node) => {
      const facts = this.#factsOf(node, steps);
      const before = this.#known.get(node.id);
      return [node.id, before && sameFacts(before.facts, facts) ? before : { facts, card: cardOf({ ...facts, now }) }] as const;
    });
    return (this.#known = new Map(made));
  }

  #factsOf(node: DocumentNode, steps: ReadonlyMap<string, Step>): Facts {
    const designer = this.#designer;
    const { run, past } = designer;
    const step = steps.get(node.id);
    const live = step !== undefined && run.current?.id === step.runId && (run.active || past !== null);
    return {
      node,
      definition: designer.catalog[node.type],
      state: designer.states.get(node.id),
      issues: past ? [] : designer.issuesOf(node.id),
      step,
      plan: run.plan.get(node.id),
      progress: live ? run.progress.get(node.id) : undefined,
      live,
      ran: designer.ranNodes.get(node.id),
      inference: designer.isInference,
      waitsFor: live && step.status === 'queued' ? this.#countWaits(step, steps) : 0,
    };
  }

  #countWaits({ node, runId }: Step, steps: ReadonlyMap<string, Step>): number {
    const before = new Set(
      graphOf(this.#designer.document)
        .incoming.get(node)
        ?.map(({ from }) => from.node),
    );
    return [...before].filter((id) => {
      const other = steps.get(id);
      return other?.runId === runId && !isFinal(other.status);
    }).length;
  }
}

function sameFacts(one: Facts, other: Facts): boolean {
  for (const key of Object.keys(one) as (keyof Facts)[]) {
    const [before, now] = [one[key], other[key]];
    if (before === now) continue;
    if (!Array.isArray(before) || !Array.isArray(now) || before.length !== now.length || before.some((item, index) => item !== now[index])) return false;
  }
  return true;
}
