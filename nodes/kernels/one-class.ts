import { randomNumbers, shuffled } from './random.ts';

/** Random Fourier features (Rahimi & Recht 2007): the mean of products of waves comes near to exp(−γ |x − y|²). */
export interface Waves {
  readonly width: number;
  /** [width, waves]. */
  readonly frequencies: Float32Array;
  readonly phases: Float32Array;
}

export function randomWaves(width: number, count: number, gamma: number, seed: number): Waves {
  const random = randomNumbers(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return {
    width,
    frequencies: Float32Array.from({ length: width * count }, () => Math.sqrt(2 * gamma) * normal()),
    phases: Float32Array.from({ length: count }, () => 2 * Math.PI * random()),
  };
}

export interface OneClassData {
  /** [rows, width], row after row. */
  readonly mapped: Float32Array;
  readonly rowCount: number;
  readonly width: number;
  readonly weights?: Float64Array;
}

export interface OneClassContext {
  breathe(): Promise<void>;
  epoch?(done: number, loss: number): void;
}

/**
 * Minimises |w|²/2 − ρ + 1/ν mean(max(0, ρ − w·x)) (Schölkopf et al. 2001) by stochastic subgradients with rate 1/step, and gives the mean of w
 * after each epoch of the second half.
 */
export async function fitOneClass(
  { mapped, rowCount, width, weights }: OneClassData,
  { nu, epochs, seed }: { nu: number; epochs: number; seed: number },
  context: OneClassContext,
): Promise<{ normal: Float64Array; history: number[] }> {
  const random = randomNumbers(seed + 1);
  const meanWeight = weights ? weights.reduce((sum, each) => sum + each, 0) / rowCount : 1;
  const normal = new Float64Array(width);
  const sum = new Float64Array(width);
  const history: number[] = [];
  let border = 0;
  let step = 0;
  let summed = 0;
  // w is kept as scale × normal, so that shrinking it costs nothing.
  let scale = 1;
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    let loss = 0;
    const order = shuffled(rowCount, random);
    for (let at = 0; at < rowCount; at += 1) {
      const from = order[at]! * width;
      const weight = (weights?.[order[at]!] ?? 1) / meanWeight;
      step += 1;
      const rate = 1 / (step + 1 / nu);
      let inside = 0;
      for (let index = 0; index < width; index += 1) inside += normal[index]! * mapped[from + index]!;
      inside *= scale;
      const violated = inside < border;
      loss += violated ? (weight * (border - inside)) / nu : 0;
      scale *= 1 - rate;
      if (violated) {
        const push = (rate * weight) / nu / scale;
        for (let index = 0; index < width; index += 1) normal[index]! += push * mapped[from + index]!;
      }
      border += rate * (1 - (violated ? weight / nu : 0));
      if ((at & 255) === 255) await context.breathe();
    }
    let length = 0;
    for (let index = 0; index < width; index += 1) {
      normal[index]! *= scale;
      length += normal[index]! ** 2;
    }
    scale = 1;
    if (epoch > epochs / 2) {
      for (let index = 0; index < width; index += 1) sum[index]! += normal[index]!;
      summed += 1;
    }
    history.push(length / 2 - border + loss / rowCount);
    context.epoch?.(epoch, history.at(-1)!);
  }
  return { normal: sum.map((each) => each / summed), history };
}
