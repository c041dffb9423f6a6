/** Who holds how many of the slots. A free one goes to the run that holds the fewest, among equals to the oldest. */
export class SlotBook<R extends { readonly number: number; readonly waiting: boolean }> {
  readonly total: number;
  readonly #held = new Map<R, number>();
  #used = 0;

  constructor(total: number) {
    this.total = total;
  }

  get used(): number {
    return this.#used;
  }

  enter(run: R): void {
    this.#held.set(run, 0);
  }

  leave(run: R): void {
    this.#used -= this.#held.get(run) ?? 0;
    this.#held.delete(run);
  }

  /** Takes a slot if one is free and no other waiting run comes first. */
  claim(run: R): boolean {
    const mine = this.#held.get(run);
    if (mine === undefined || this.#used >= this.total) return false;
    for (const [other, held] of this.#held) {
      if (other !== run && other.waiting && (held < mine || (held === mine && other.number < run.number))) return false;
    }
    this.#held.set(run, mine + 1);
    this.#used++;
    return true;
  }

  release(run: R): void {
    const mine = this.#held.get(run);
    if (!mine) return;
    this.#held.set(run, mine - 1);
    this.#used--;
  }

  /** The waiting run whose turn it is, if a slot is free. */
  next(): R | undefined {
    if (this.#used >= this.total) return undefined;
    let best: R | undefined;
    for (const [run, held] of this.#held) {
      if (!run.waiting) continue;
      const least = best ? this.#held.get(best)! : Infinity;
      if (held < least || (held === least && run.number < best!.number)) best = run;
    }
    return best;
  }
}
