/** A run, as far as the sharing of slots goes. */
export interface Claimant {
  readonly number: number;
  readonly pipelineId: string;
  readonly priority: number;
}

interface Entry {
  held: number;
  /** Slots that the step wants which is next; 0 = none waits. */
  wants: number;
}

/**
 * Who holds how many of a compute's slots, and whose turn it is: the highest priority first; among equals the pipeline that holds the fewest,
 * then the run that holds the fewest, then the oldest. A step that wants several slots is not overtaken, so that it gets them.
 */
export class SlotBook<R extends Claimant> {
  total: number;
  readonly #entries = new Map<R, Entry>();
  readonly #heldByPipeline = new Map<string, number>();
  #used = 0;

  constructor(total: number) {
    this.total = total;
  }

  get used(): number {
    return this.#used;
  }

  /** Says how many slots the next step of a run wants, 0 for none. */
  want(run: R, slots: number): void {
    const entry = this.#entries.get(run);
    if (entry) entry.wants = slots;
    else if (slots > 0) this.#entries.set(run, { held: 0, wants: slots });
  }

  /** Takes slots for a run if they are free and no other comes first; gives how many it took, 0 for none. */
  claim(run: R, slots: number): number {
    this.want(run, slots);
    const taken = Math.min(slots, this.total);
    if (this.#used + taken > this.total || this.#first() !== run) return 0;
    this.#hold(run, taken);
    this.#entries.get(run)!.wants = 0;
    return taken;
  }

  /** Gives back what `claim` took. */
  release(run: R, taken: number): void {
    this.#hold(run, -Math.min(this.#entries.get(run)?.held ?? 0, taken));
  }

  leave(run: R): void {
    const entry = this.#entries.get(run);
    if (!entry) return;
    this.#hold(run, -entry.held);
    this.#entries.delete(run);
  }

  /** The run whose turn it is, if the slots that it wants are free. */
  next(): R | undefined {
    const first = this.#first();
    return first && this.#used + Math.min(this.#entries.get(first)!.wants, this.total) <= this.total ? first : undefined;
  }

  #first(): R | undefined {
    let best: R | undefined;
    for (const [run, entry] of this.#entries) if (entry.wants > 0 && (!best || this.#before(run, best))) best = run;
    return best;
  }

  #before(one: R, other: R): boolean {
    if (one.priority !== other.priority) return one.priority > other.priority;
    const pipelines = this.#heldBy(one) - this.#heldBy(other);
    if (pipelines !== 0) return pipelines < 0;
    const held = this.#entries.get(one)!.held - this.#entries.get(other)!.held;
    return held === 0 ? one.number < other.number : held < 0;
  }

  #heldBy(run: R): number {
    return this.#heldByPipeline.get(run.pipelineId) ?? 0;
  }

  #hold(run: R, change: number): void {
    if (change === 0) return;
    const entry = this.#entries.get(run)!;
    entry.held += change;
    this.#used += change;
    const held = this.#heldBy(run) + change;
    if (held === 0) this.#heldByPipeline.delete(run.pipelineId);
    else this.#heldByPipeline.set(run.pipelineId, held);
  }
}
