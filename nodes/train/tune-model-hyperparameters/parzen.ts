import { placeOf, settingsAt, unlike, type Dimension, type Settings } from './search-space.ts';

/** Settings that were judged; lower losses are better. */
export interface Observation {
  readonly settings: Settings;
  readonly loss: number;
}

const GOOD_SHARE = 0.25;
const CANDIDATES = 24;
/** Kernels are no narrower than this share of a parameter's range, so that neighbours are tried too. */
const NARROWEST = 0.05;

/**
 * The next settings by a tree-structured Parzen estimator (Bergstra et al. 2011): of candidates drawn near the best quarter of what was judged,
 * those that are likeliest among the best and least likely among the others. Those of one round count as judged badly for each other, so
 * that they differ.
 */
export function parzenRound(
  dimensions: readonly Dimension[],
  observations: readonly Observation[],
  count: number,
  tried: Set<string>,
  random: () => number,
): Settings[] {
  const sorted = observations.toSorted((a, b) => a.loss - b.loss);
  const split = Math.max(1, Math.ceil(sorted.length * GOOD_SHARE));
  const placesOf = ({ settings }: Pick<Observation, 'settings'>) => dimensions.map((dimension) => placeOf(dimension, settings[dimension.name]!));
  const good = sorted.slice(0, split).map(placesOf);
  const bad = sorted.slice(split).map(placesOf);
  const found: Settings[] = [];
  while (found.length < count) {
    const next = unlike(tried, () => settingsAt(dimensions, likeliest(dimensions, good, bad, random)));
    if (!next) break;
    found.push(next);
    bad.push(placesOf({ settings: next }));
  }
  return found;
}

/** One of several draws, for each parameter on its own. */
function likeliest(dimensions: readonly Dimension[], good: readonly number[][], bad: readonly number[][], random: () => number): number[] {
  return dimensions.map((dimension, index) => {
    const [near, far] = [good, bad].map((places) =>
      densityOf(
        dimension,
        places.map((each) => each[index]!),
      ),
    );
    let best = { place: 0.5, ratio: -Infinity };
    for (let candidate = 0; candidate < CANDIDATES; candidate += 1) {
      const place = near!.draw(random);
      const ratio = Math.log(near!.at(place)) - Math.log(far!.at(place));
      if (ratio > best.ratio) best = { place, ratio };
    }
    return best.place;
  });
}

interface Density {
  at(place: number): number;
  draw(random: () => number): number;
}

/** A mixture of one kernel at each place and an even share, over 0 to 1; of values without order a smoothed count. */
function densityOf({ between, values }: Dimension, places: readonly number[]): Density {
  if (between === 'none') {
    const counts = values.map((_, index) => 1 + places.filter((place) => Math.floor(place * values.length) === index).length);
    const total = places.length + values.length;
    return {
      at: (place) => (counts[Math.min(values.length - 1, Math.floor(place * values.length))]! * values.length) / total,
      draw(random) {
        let rest = random() * total;
        const index = counts.findIndex((count) => (rest -= count) < 0);
        return (Math.max(0, index) + 0.5) / values.length;
      },
    };
  }
  const width = Math.max(NARROWEST, 0.5 * (places.length + 1) ** -0.5);
  const kernel = (distance: number) => Math.exp(-((distance / width) ** 2) / 2) / (width * Math.sqrt(2 * Math.PI));
  return {
    at: (place) => (1 + places.reduce((sum, centre) => sum + kernel(place - centre), 0)) / (places.length + 1),
    draw(random) {
      const which = Math.floor(random() * (places.length + 1));
      if (which === places.length) return random();
      // Box–Muller; what falls outside is mirrored back.
      const step = width * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      const place = Math.abs(places[which]! + step) % 2;
      return place > 1 ? 2 - place : place;
    },
  };
}
