import { SvelteMap } from 'svelte/reactivity';
import type { RunEvent } from '#pipelines/events.ts';

export type Point = readonly [iteration: number, value: number];
export interface LiveCurve {
  readonly name: string;
  readonly points: readonly Point[];
}

/** More points than this cannot be told apart in a chart; of a longer curve every other one is kept, again and again. */
const MOST_POINTS = 1_000;

/** Every other point from the first on; the newest always stays. */
const thinned = (points: readonly Point[]): Point[] => points.filter((_, at) => at % 2 === 0 || at === points.length - 1);

/** What steps tell of their training while it runs: node → curves. */
export class LiveCurves {
  readonly #nodes = new SvelteMap<string, readonly LiveCurve[]>();

  /** Curves with two points or more; an empty list for a node that told of none. */
  of(node: string): readonly LiveCurve[] {
    return (this.#nodes.get(node) ?? []).filter(({ points }) => points.length > 1);
  }

  /** Takes the events of metrics among others. A curve begins anew where its iterations do, as in a second try. */
  take(events: readonly RunEvent[]): void {
    const changed = new Map<string, Map<string, Point[]>>();
    for (const event of events) {
      if (event.type !== 'metric' || event.value === null) continue;
      const { node, name, iteration, value } = event;
      const curves = changed.get(node) ?? new Map((this.#nodes.get(node) ?? []).map((curve) => [curve.name, [...curve.points]]));
      const points = curves.get(name) ?? [];
      if (iteration <= (points.at(-1)?.[0] ?? -Infinity)) points.length = 0;
      points.push([iteration, value]);
      curves.set(name, points.length > MOST_POINTS ? thinned(points) : points);
      changed.set(node, curves);
    }
    for (const [node, curves] of changed)
      this.#nodes.set(
        node,
        [...curves].map(([name, points]) => ({ name, points })),
      );
  }

  clear(): void {
    this.#nodes.clear();
  }
}
