import { makeClassification } from './make-classification.ts';
import type { BenchRow } from '../types.ts';
import { contest } from './contest.ts';
import { twoClassFit } from './two-class.ts';

const COLUMNS = 28;
const HELD = 40_000;
const SIZES = [
  ['boosted trees 160k', 160_000],
  ['boosted trees 1M', 1_000_000],
] as const;

/** 100 trees × 31 leaves for two classes, against HistGradientBoostingClassifier. */
export async function boostedTrees(only = ''): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [name, size] of SIZES) {
    if (!name.includes(only)) continue;
    const data = makeClassification(size + HELD, COLUMNS);
    const params = { trees: 100, leaves: 31, learningRate: 0.1, minimumSamples: 20 };
    rows.push(
      await contest({
        what: `${name}: ${size.toLocaleString('en-US')} × ${COLUMNS}, 100 trees × 31 leaves`,
        measure: 'AUC',
        ...data,
        held: HELD,
        ours: twoClassFit('two-class-boosted-decision-tree', params, data, HELD),
        peer: 'boosted_trees',
      }),
    );
  }
  return rows;
}
