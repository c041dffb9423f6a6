/** Rows of a kernel, and how much each counts. */
export interface OneClassProblem {
  /** K(row, other) of all pairs, row after row; positive semidefinite. */
  readonly kernel: Float32Array;
  readonly rowCount: number;
  readonly weights?: Float64Array;
}

export interface OneClassContext {
  breathe(): Promise<void>;
  /** After every so many steps: by how much the optimum is missed still, which falls to 0. */
  step?(done: number, violation: number): void;
}

/** Relative to the largest share: how far from the optimum training ends, as LIBSVM's ε. */
const TOLERANCE = 1e-4;
const STEPS_BETWEEN_TURNS = 100;
/** Steps for each row at most. */
const MOST_STEPS = 1_000;

/**
 * The one-class support vector machine (Schölkopf et al. 2001): the shares α that minimise ½ Σ αᵢ αⱼ Kᵢⱼ where they sum to 1 and none exceeds
 * weightᵢ/(ν Σ weights). Moves the share of one row to another, chosen by second-order information, until no move gains (sequential minimal
 * optimisation, Fan, Chen & Lin 2005, as LIBSVM). Rows with a share above 0 are the support vectors; Σ αᵢ K(i, x) is how usual x is.
 */
export async function oneClassShares({ kernel, rowCount, weights }: OneClassProblem, { nu }: { nu: number }, context: OneClassContext): Promise<Float64Array> {
  const total = weights ? weights.reduce((sum, each) => sum + each, 0) : rowCount;
  const limits = Float64Array.from({ length: rowCount }, (_, row) => (weights?.[row] ?? 1) / (nu * total));
  const shares = firstShares(limits);
  const slopes = await slopesOf(kernel, shares, context.breathe);
  const enough = TOLERANCE / (nu * rowCount);
  for (let step = 1; step <= MOST_STEPS * rowCount; step += 1) {
    let to = -1;
    for (let row = 0; row < rowCount; row += 1) if (shares[row]! < limits[row]! && (to < 0 || slopes[row]! < slopes[to]!)) to = row;
    if (to < 0) break;
    const [from, violation] = giver({ kernel, rowCount }, shares, slopes, to);
    if (step % STEPS_BETWEEN_TURNS === 0) {
      context.step?.(step, Math.max(0, violation));
      await context.breathe();
    }
    if (from < 0 || violation < enough) break;
    const [taking, giving] = [kernel.subarray(to * rowCount, (to + 1) * rowCount), kernel.subarray(from * rowCount, (from + 1) * rowCount)];
    const wanted = (slopes[from]! - slopes[to]!) / curvature(taking[to]!, giving[from]!, taking[from]!);
    const room = limits[to]! - shares[to]!;
    const moved = Math.min(wanted, room, shares[from]!);
    // A bound that is reached is reached exactly.
    shares[to] = moved === room ? limits[to]! : shares[to]! + moved;
    shares[from] = moved === shares[from] ? 0 : shares[from]! - moved;
    for (let row = 0; row < rowCount; row += 1) slopes[row]! += moved * (taking[row]! - giving[row]!);
  }
  return shares;
}

/** The first rows have all that they may. */
function firstShares(limits: Float64Array): Float64Array {
  let left = 1;
  return limits.map((limit) => {
    const share = Math.min(limit, left);
    left -= share;
    return share;
  });
}

/** Kernel × shares. */
async function slopesOf(kernel: Float32Array, shares: Float64Array, breathe: () => Promise<void>): Promise<Float64Array> {
  const rowCount = shares.length;
  const slopes = new Float64Array(rowCount);
  for (let row = 0; row < rowCount; row += 1) {
    const share = shares[row]!;
    if (share === 0) continue;
    for (let other = 0; other < rowCount; other += 1) slopes[other]! += share * kernel[row * rowCount + other]!;
    if (row % STEPS_BETWEEN_TURNS === 0) await breathe();
  }
  return slopes;
}

/** Of the rows that have a share, the one whose move to `to` gains most, and by how much the steepest of them misses the optimum. */
function giver({ kernel, rowCount }: OneClassProblem, shares: Float64Array, slopes: Float64Array, to: number): [row: number, violation: number] {
  const base = to * rowCount;
  const own = kernel[base + to]!;
  let [chosen, most, violation] = [-1, 0, -Infinity];
  for (let row = 0; row < rowCount; row += 1) {
    if (shares[row] === 0) continue;
    const difference = slopes[row]! - slopes[to]!;
    if (difference > violation) violation = difference;
    if (difference <= 0) continue;
    const gain = (difference * difference) / curvature(own, kernel[row * rowCount + row]!, kernel[base + row]!);
    if (gain > most) [chosen, most] = [row, gain];
  }
  return [chosen, violation];
}

/** Of the objective along a move between two rows; above 0 also where they lie at one place. */
const curvature = (one: number, other: number, both: number): number => Math.max(one + other - 2 * both, 1e-12);
