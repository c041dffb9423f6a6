import type { BenchRow } from '../types.ts';
import { contest } from './contest.ts';
import { makeClassification } from './make-classification.ts';
import { twoClassFit } from './two-class.ts';

const ROWS = 160_000;
const HELD = 40_000;
const COLUMNS = 28;

/** A forest of 100 trees of depth 16, against RandomForestClassifier. */
export async function forest(): Promise<BenchRow[]> {
  const data = makeClassification(ROWS + HELD, COLUMNS);
  const params = { trees: 100, maximumDepth: 16, minimumSamples: 1, splits: 254 };
  return [
    await contest({
      what: `forest: ${ROWS.toLocaleString('en-US')} × ${COLUMNS}, 100 trees, depth 16`,
      measure: 'AUC',
      ...data,
      held: HELD,
      ours: twoClassFit('two-class-decision-forest', params, data, HELD),
      peer: 'forest',
      times: 1,
    }),
  ];
}
