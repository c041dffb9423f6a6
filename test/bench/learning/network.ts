import { makeClassification } from './make-classification.ts';
import type { BenchRow } from '../types.ts';
import { contest } from './contest.ts';
import { twoClassFit } from './two-class.ts';

const ROWS = 160_000;
const HELD = 40_000;
const COLUMNS = 28;

/** Two hidden layers of 100 ReLU units, 20 epochs of Adam on minibatches of 200, against MLPClassifier. */
export async function network(): Promise<BenchRow[]> {
  const data = makeClassification(ROWS + HELD, COLUMNS);
  const params = { hiddenNodes: [100, 100], activation: 'relu', optimizer: 'adam', learningRate: 0.001, batch: 200, iterations: 20, l2: 5e-7 };
  return [
    await contest({
      what: `network: ${ROWS.toLocaleString('en-US')} × ${COLUMNS}, 2 × 100 units, 20 epochs`,
      measure: 'AUC',
      ...data,
      held: HELD,
      ours: twoClassFit('two-class-neural-network', params, data, HELD),
      peer: 'network',
    }),
  ];
}
