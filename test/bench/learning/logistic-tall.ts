import { makeClassification } from './make-classification.ts';
import type { BenchRow } from '../types.ts';
import { contest } from './contest.ts';
import { twoClassFit } from './two-class.ts';

const ROWS = 160_000;
const HELD = 40_000;
const COLUMNS = 28;

/** Logistic regression with many rows, against LogisticRegression with L-BFGS. */
export async function logisticTall(): Promise<BenchRow[]> {
  const data = makeClassification(ROWS + HELD, COLUMNS);
  return [
    await contest({
      what: `logistic tall: ${ROWS.toLocaleString('en-US')} × ${COLUMNS}, L2 1`,
      measure: 'AUC',
      ...data,
      held: HELD,
      ours: twoClassFit('two-class-logistic-regression', { l1: 0, l2: 1 }, data, HELD),
      peer: 'logistic',
    }),
  ];
}
