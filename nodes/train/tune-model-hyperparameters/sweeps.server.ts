import { NodeError } from '../../kit/issues.ts';
import { randomNumbers } from '../../kernels/random.ts';
import { parzenRound, type Observation } from './parzen.ts';
import { gridSettings, gridSize, randomGridSettings, randomSettings, type Dimension, type Settings } from './search-space.ts';

export type Sweep = 'grid' | 'random' | 'random-grid' | 'bayesian' | 'halving';

export interface SweepOptions {
  readonly sweep: Sweep;
  readonly runs: number;
  readonly seed: number;
  readonly rowCount: number;
}

const LARGEST_GRID = 10_000;
/** Settings of one round of the Bayesian sweep, whatever the number of threads, so that the result does not depend on it. */
const ROUND = 4;
const FIRST_ROUND = 8;
const KEPT = 3;
/** Successive halving begins with no fewer rows than this. */
const LEAST_ROWS = 300;

/** Shares of the rows of each stage of successive halving (Jamieson & Talwalkar 2016), the last one being all. */
export function halvingShares({ runs, rowCount }: Pick<SweepOptions, 'runs' | 'rowCount'>): number[] {
  const shares = [1];
  for (let left = runs; left > KEPT && shares[0]! * rowCount >= LEAST_ROWS * KEPT; left /= KEPT) shares.unshift(shares[0]! / KEPT);
  return shares;
}

/** Judgements that a sweep asks for, each of all rows counting one. */
export function workOf(dimensions: readonly Dimension[], options: SweepOptions): number {
  const { sweep, runs } = options;
  const size = gridSize(dimensions);
  if (sweep === 'grid') return size;
  if (sweep === 'random-grid') return Math.min(runs, size);
  if (sweep !== 'halving') return runs;
  let left = runs;
  return halvingShares(options).reduce((sum, share) => {
    const here = left;
    left = Math.ceil(left / KEPT);
    return sum + here * share;
  }, 0);
}

/** Asks for losses of settings until the sweep is through. Throws NodeError `parameter_invalid` for a grid that is too large. */
export async function sweepOver(
  dimensions: readonly Dimension[],
  options: SweepOptions,
  losses: (settings: readonly Settings[], share?: number) => Promise<number[]>,
): Promise<void> {
  const { sweep, runs, seed } = options;
  switch (sweep) {
    case 'grid': {
      const size = gridSize(dimensions);
      if (size > LARGEST_GRID) {
        const message = `The grid has ${size.toLocaleString('en-US')} settings, and at most ${LARGEST_GRID.toLocaleString('en-US')} can be tried. Choose another sweeping mode, or give fewer values.`;
        throw new NodeError('parameter_invalid', message, { param: 'sweep' });
      }
      await losses(Array.from({ length: size }, (_, place) => gridSettings(dimensions, place)));
      return;
    }
    case 'random':
      await losses(randomSettings(dimensions, runs, seed));
      return;
    case 'random-grid':
      await losses(randomGridSettings(dimensions, runs, seed));
      return;
    case 'bayesian':
      return bayesian(dimensions, options, losses);
    case 'halving': {
      let settings: readonly Settings[] = randomSettings(dimensions, runs, seed);
      for (const share of halvingShares(options)) {
        const found = await losses(settings, share);
        const order = settings.map((_, index) => index).sort((a, b) => (found[a] === found[b] ? a - b : found[a]! - found[b]!));
        settings = order.slice(0, Math.ceil(settings.length / KEPT)).map((index) => settings[index]!);
      }
    }
  }
}

async function bayesian(
  dimensions: readonly Dimension[],
  { runs, seed }: SweepOptions,
  losses: (settings: readonly Settings[]) => Promise<number[]>,
): Promise<void> {
  const random = randomNumbers(seed + 2);
  const observations: Observation[] = [];
  let next = randomSettings(dimensions, Math.min(runs, Math.max(FIRST_ROUND, 2 * dimensions.length)), seed);
  const tried = new Set(next.map((settings) => JSON.stringify(settings)));
  while (next.length > 0) {
    const found = await losses(next);
    observations.push(...next.map((settings, index) => ({ settings, loss: found[index]! })));
    next = parzenRound(dimensions, observations, Math.min(ROUND, runs - observations.length), tried, random);
  }
}
