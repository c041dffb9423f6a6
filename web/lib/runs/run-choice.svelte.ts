import type { RunSummary } from '../api-types.ts';

type Chosen = Pick<RunSummary, 'id' | 'number' | 'createdAt'>;

/** Runs that are marked to be compared: the last two that were marked. */
export class RunChoice {
  #chosen = $state.raw<readonly Chosen[]>([]);

  get items(): readonly Chosen[] {
    return this.#chosen;
  }

  /** Where the two are compared, the earlier one first; null until there are two. */
  readonly href: string | null = $derived.by(() => {
    if (this.#chosen.length < 2) return null;
    const [before, after] = this.#chosen.toSorted((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt) || a.number - b.number);
    return `/runs/compare?before=${encodeURIComponent(before!.id)}&after=${encodeURIComponent(after!.id)}`;
  });

  has(id: string): boolean {
    return this.#chosen.some((run) => run.id === id);
  }

  toggle(run: Chosen): void {
    this.#chosen = this.has(run.id) ? this.#chosen.filter(({ id }) => id !== run.id) : [...this.#chosen, run].slice(-2);
  }
}
