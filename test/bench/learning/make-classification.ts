import { randomNumbers } from '#nodes/kernels/random.ts';

export interface Classification {
  /** Columns of float32. */
  readonly columns: readonly Float32Array[];
  readonly targets: Float64Array;
}

/**
 * Rows as scikit-learn's make_classification makes them (Guyon 2003): each class is normal clusters at corners of a hypercube in the
 * informative columns, mixed linearly; redundant columns are sums of those, the rest is noise; 3 % of the labels are flipped.
 */
export function makeClassification(
  rowCount: number,
  columnCount: number,
  { informative = 14, redundant = 4, separation = 0.8, flipped = 0.03, seed = 7 } = {},
): Classification {
  const random = randomNumbers(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const clusters = Array.from({ length: 4 }, () => ({
    centre: Array.from({ length: informative }, () => (random() < 0.5 ? -separation : separation)),
    mix: Array.from({ length: informative * informative }, () => 2 * random() - 1),
  }));
  const sums = Array.from({ length: redundant * informative }, () => 2 * random() - 1);
  const columns = Array.from({ length: columnCount }, () => new Float32Array(rowCount));
  const targets = new Float64Array(rowCount);
  const drawn = new Float64Array(informative);
  const mixed = new Float64Array(informative);
  for (let row = 0; row < rowCount; row += 1) {
    const which = Math.floor(random() * clusters.length);
    const { centre, mix } = clusters[which]!;
    for (let i = 0; i < informative; i += 1) drawn[i] = normal();
    for (let i = 0; i < informative; i += 1) {
      let value = centre[i]!;
      for (let j = 0; j < informative; j += 1) value += drawn[j]! * mix[j * informative + i]!;
      mixed[i] = value;
      columns[i]![row] = value;
    }
    for (let k = 0; k < redundant; k += 1) {
      let value = 0;
      for (let i = 0; i < informative; i += 1) value += sums[k * informative + i]! * mixed[i]!;
      columns[informative + k]![row] = value;
    }
    for (let column = informative + redundant; column < columnCount; column += 1) columns[column]![row] = normal();
    targets[row] = Number(which % 2 === 1) === 1 ? 1 : 0;
    if (random() < flipped) targets[row] = Number(random() < 0.5);
  }
  return { columns, targets };
}
