import { makeClassification } from './make-classification.ts';
import type { BenchRow } from '../types.ts';
import { contest } from './contest.ts';
import { twoClassFit } from './two-class.ts';

const ROWS = 20_000;
const HELD = 5_000;
const COLUMNS = 1_000;

/** Logistic regression with many columns, against LogisticRegression with L-BFGS. */
export async function logisticWide(): Promise<BenchRow[]> {
  const data = makeClassification(ROWS + HELD, COLUMNS);
  return [
    await contest({
      what: `logistic wide: ${ROWS.toLocaleString('en-US')} × ${COLUMNS.toLocaleString('en-US')}, L2 1`,
      measure: 'AUC',
      ...data,
      held: HELD,
      ours: twoClassFit('two-class-logistic-regression', { l1: 0, l2: 1 }, data, HELD),
      peer: 'logistic',
    }),
  ];
}
