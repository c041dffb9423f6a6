import type { DocumentNode } from '#pipelines/document.ts';
import { isFinal } from '#pipelines/events.ts';
import type { Step } from '../../api-types.ts';
import type { Designer } from '../designer.svelte.ts';
import { cardOf, type Card } from './card.ts';

/** One node's card. Each fact is a value of its own, so that a keystroke elsewhere does not make it again. */
export class CardView {
  readonly #designer: Designer;
  readonly #id: string;
  readonly #node = $derived.by(() => this.#designer.nodes.get(this.#id));
  readonly #state = $derived.by(() => this.#designer.states.get(this.#id));
  readonly #issues = $derived.by(() => (this.#designer.past ? [] : this.#designer.issuesOf(this.#id)));
  readonly #step = $derived.by(() => this.#designer.run.steps.get(this.#id));
  readonly #plan = $derived.by(() => this.#designer.run.plan.get(this.#id));
  readonly #live = $derived.by(() => this.#isLive(this.#step));
  readonly #progress = $derived.by(() => (this.#live ? this.#designer.run.progress.get(this.#id) : undefined));
  readonly #ran: DocumentNode | undefined = $derived.by(() => this.#designer.ranNodes.get(this.#id));
  readonly #inference = $derived.by(() => this.#designer.isInference);
  readonly #waitsFor = $derived.by(() => this.#countWaits(this.#step));
  /** Null once the node is gone. */
  readonly card: Card | null = $derived.by(() => this.#make());

  constructor(designer: Designer, id: string) {
    this.#designer = designer;
    this.#id = id;
  }

  #make(): Card | null {
    const node = this.#node;
    if (!node) return null;
    return cardOf({
      node,
      definition: this.#designer.catalog[node.type],
      state: this.#state,
      issues: this.#issues,
      step: this.#step,
      plan: this.#plan,
      progress: this.#progress,
      live: this.#live,
      ran: this.#ran,
      inference: this.#inference,
      waitsFor: this.#waitsFor,
      now: Date.now(),
    });
  }

  #isLive(step: Step | undefined): boolean {
    const { run, past } = this.#designer;
    return step !== undefined && run.current?.id === step.runId && (run.active || past !== null);
  }

  #countWaits(step: Step | undefined): number {
    if (!this.#live || step?.status !== 'queued') return 0;
    const { document, run } = this.#designer;
    const before = new Set(document.edges.filter(({ to }) => to.node === this.#id).map(({ from }) => from.node));
    return [...before].filter((id) => {
      const other = run.steps.get(id);
      return other?.runId === step.runId && !isFinal(other.status);
    }).length;
  }
}
