export interface Grid {
  /** Rising. */
  readonly values: Float32Array;
  /** The place of each row's answer among the values. */
  readonly places: Uint16Array;
}

const MOST_VALUES = 256;

/** The distinct answers, or, of more than 256, the medians of as many groups of about equal size. */
export function gridOf(targets: Float64Array): Grid {
  const sorted = Float32Array.from(targets).sort();
  const distinct = sorted.filter((value, index) => index === 0 || value !== sorted[index - 1]!);
  if (distinct.length <= MOST_VALUES) return { values: distinct, places: placesOf(targets, distinct) };
  // The last value of each group; equal values stay together.
  const ends = Float32Array.from({ length: MOST_VALUES }, (_, group) => sorted[Math.ceil(((group + 1) * sorted.length) / MOST_VALUES) - 1]!);
  const limits = ends.filter((value, index) => index === 0 || value !== ends[index - 1]!);
  const places = placesOf(targets, limits);
  let from = 0;
  const values = limits.map((limit) => {
    let to = from;
    while (to < sorted.length && sorted[to]! <= limit) to += 1;
    const middle = sorted[(from + to - 1) >> 1]!;
    from = to;
    return middle;
  });
  return { values, places };
}

/** The first place whose limit is not below the answer. */
function placesOf(targets: Float64Array, limits: Float32Array): Uint16Array {
  return Uint16Array.from(targets, (target) => {
    const value = Math.fround(target);
    let [low, high] = [0, limits.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (limits[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}
