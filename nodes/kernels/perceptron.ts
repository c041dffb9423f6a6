import { randomNumbers, shuffled } from './random.ts';

export interface PerceptronProblem {
  /** Row after row, `width` numbers each. */
  readonly matrix: Float32Array;
  readonly width: number;
  /** 1 for the positive class, otherwise 0. */
  readonly targets: ArrayLike<number>;
  readonly weights?: ArrayLike<number>;
}
export interface PerceptronOptions {
  readonly rate: number;
  readonly epochs: number;
  readonly shuffle: boolean;
  readonly seed: number;
}

/** Rows between two turns. */
const PART = 20_000;

/**
 * The averaged perceptron (Freund & Schapire 1999): row by row, where s m ≤ 0 with s = ±1 and m the margin, the coefficients move by
 * rate × weight × s x. Gives the mean of the coefficients after each row, intercept last: the sum of all moves minus each move by the share of
 * rows that came before it. `epoch` hears the weighted mean of max(0, −s m) met on the way.
 */
export async function averagedPerceptron(
  { matrix, width, targets, weights }: PerceptronProblem,
  { rate, epochs, shuffle, seed }: PerceptronOptions,
  { breathe, epoch: told }: { breathe: () => Promise<void>; epoch: (done: number, loss: number) => void },
): Promise<Float64Array> {
  const rowCount = targets.length;
  const random = randomNumbers(seed);
  const coefficients = new Float64Array(width + 1);
  /** Σ move × steps before it. */
  const early = new Float64Array(width + 1);
  const inOrder = Uint32Array.from({ length: rowCount }, (_, row) => row);
  let step = 0;
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    const order = shuffle ? shuffled(rowCount, random) : inOrder;
    let [loss, total] = [0, 0];
    for (let place = 0; place < rowCount; place += 1, step += 1) {
      const row = order[place]!;
      const from = row * width;
      const side = targets[row] === 1 ? 1 : -1;
      const weight = weights?.[row] ?? 1;
      let margin = coefficients[width]!;
      for (let column = 0; column < width; column += 1) margin += coefficients[column]! * matrix[from + column]!;
      total += weight;
      if (margin * side <= 0) {
        loss -= weight * margin * side;
        const move = rate * weight * side;
        for (let column = 0; column < width; column += 1) {
          const change = move * matrix[from + column]!;
          coefficients[column]! += change;
          early[column]! += change * step;
        }
        coefficients[width]! += move;
        early[width]! += move * step;
      }
      if (place % PART === PART - 1) await breathe();
    }
    told(epoch, loss / total);
    await breathe();
  }
  return coefficients.map((each, index) => each - early[index]! / step);
}
