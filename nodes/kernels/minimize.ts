/** Gives the loss at the coefficients and writes its gradient. */
export type Objective = (coefficients: Float64Array, gradient: Float64Array) => number | Promise<number>;

export interface MinimizeOptions {
  /** Weight of Σ|coefficient| by coefficient; 0 where a coefficient is not penalised. */
  readonly l1: Float64Array;
  /** Pairs of steps kept. */
  readonly memory: number;
  /** Ends when the loss falls by less than this share of itself, on average over the last five iterations. */
  readonly tolerance: number;
  readonly maximumIterations: number;
  /** After each iteration. */
  iterate?(iteration: number, loss: number): Promise<void>;
}

export interface Minimum {
  readonly coefficients: Float64Array;
  readonly loss: number;
  readonly iterations: number;
  readonly converged: boolean;
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += a[index]! * b[index]!;
  return sum;
};

/** The steepest descent's opposite where |x| has a kink: zero where no direction lowers the loss. */
function pseudoGradient(x: Float64Array, gradient: Float64Array, l1: Float64Array): Float64Array {
  return gradient.map((slope, index) => {
    const weight = l1[index]!;
    if (x[index]! !== 0) return slope + Math.sign(x[index]!) * weight;
    if (slope + weight < 0) return slope + weight;
    return slope - weight > 0 ? slope - weight : 0;
  });
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly product: number;
}

/** −H × gradient, with H from the last pairs (Nocedal & Wright 2006, algorithm 7.4). */
function direction(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const d = gradient.map((each) => -each);
  const shares: number[] = [];
  for (const { step, change, product } of pairs.toReversed()) {
    const share = dot(step, d) / product;
    shares.push(share);
    for (let index = 0; index < d.length; index += 1) d[index]! -= share * change[index]!;
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = last.product / dot(last.change, last.change);
    for (let index = 0; index < d.length; index += 1) d[index]! *= scale;
  }
  for (const { step, change, product } of pairs) {
    const share = shares.pop()! - dot(change, d) / product;
    for (let index = 0; index < d.length; index += 1) d[index]! += share * step[index]!;
  }
  return d;
}

/**
 * Minimises a smooth convex loss plus Σ l1 |coefficient|: L-BFGS, and where an L1 weight is not zero OWL-QN (Andrew & Gao 2007). Begins at
 * zero. Deterministic.
 */
export async function minimize(objective: Objective, start: Float64Array, options: MinimizeOptions): Promise<Minimum> {
  const { l1, memory, tolerance, maximumIterations } = options;
  const penalty = (at: Float64Array) => at.reduce((sum, each, index) => sum + l1[index]! * Math.abs(each), 0);
  const sparse = l1.some((each) => each > 0);
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let loss = (await objective(x, gradient)) + penalty(x);
  const losses = [loss];
  const pairs: Pair[] = [];
  let iteration = 0;
  while (iteration < maximumIterations) {
    const slope = sparse ? pseudoGradient(x, gradient, l1) : gradient;
    if (slope.every((each) => Math.abs(each) <= 1e-12 * Math.max(1, Math.abs(loss)))) return { coefficients: x, loss, iterations: iteration, converged: true };
    const d = direction(slope, pairs);
    if (sparse) for (let index = 0; index < d.length; index += 1) if (d[index]! * slope[index]! >= 0) d[index] = 0;
    const descent = dot(slope, d);
    if (!(descent < 0)) {
      if (pairs.length === 0) return { coefficients: x, loss, iterations: iteration, converged: true };
      pairs.length = 0;
      continue;
    }
    const found = await search(objective, penalty, { x, slope, d, loss, descent, sparse, first: pairs.length === 0 });
    if (!found) {
      if (pairs.length === 0) return { coefficients: x, loss, iterations: iteration, converged: true };
      pairs.length = 0;
      continue;
    }
    const step = found.x.map((each, index) => each - x[index]!);
    const change = found.gradient.map((each, index) => each - gradient[index]!);
    const product = dot(step, change);
    if (product > 1e-14 * dot(change, change)) pairs.push({ step, change, product });
    if (pairs.length > memory) pairs.shift();
    ({ x, gradient, loss } = found);
    losses.push(loss);
    iteration += 1;
    await options.iterate?.(iteration, loss);
    const before = losses[Math.max(0, losses.length - 6)]!;
    const count = Math.min(5, losses.length - 1);
    if (count === 5 && (before - loss) / count <= tolerance * Math.max(1e-300, Math.abs(loss)))
      return { coefficients: x, loss, iterations: iteration, converged: true };
  }
  return { coefficients: x, loss, iterations: iteration, converged: false };
}

interface Search {
  readonly x: Float64Array;
  readonly slope: Float64Array;
  readonly d: Float64Array;
  readonly loss: number;
  readonly descent: number;
  readonly sparse: boolean;
  readonly first: boolean;
}

/** Halves the step until the loss falls enough (Armijo); with L1 no coefficient may change its sign on the way. */
async function search(objective: Objective, penalty: (at: Float64Array) => number, { x, slope, d, loss, descent, sparse, first }: Search) {
  let length = first ? Math.min(1, 1 / Math.sqrt(dot(slope, slope))) : 1;
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const next = x.map((each, index) => {
      const moved = each + length * d[index]!;
      const side = each !== 0 ? Math.sign(each) : -Math.sign(slope[index]!);
      return sparse && moved * side < 0 ? 0 : moved;
    });
    const gradient = new Float64Array(x.length);
    const reached = (await objective(next, gradient)) + penalty(next);
    if (reached <= loss + 1e-4 * length * descent && reached < loss) return { x: next, gradient, loss: reached };
    length /= 2;
  }
  return null;
}
