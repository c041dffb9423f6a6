import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { twoClassCurve } from '#nodes/evaluate/metrics/two-class.ts';
import type { FitContext, TrainingData } from '#nodes/kit/context.ts';
import { createOnnxRunner } from '#nodes/kit/onnx/session.server.ts';
import { SCORED_PROBABILITIES } from '#nodes/kit/signature.ts';
import { column } from '#nodes/kit/table.ts';
import { trainers } from '#nodes/trainers.server.ts';
import { makeClassification } from './make-classification.ts';
import { median, pythonWith } from './peers.ts';
import type { BenchRow } from './types.ts';

const ROWS = 160_000;
const HELD = 40_000;
const COLUMNS = 28;
const TIMES = 3;

interface Figure {
  readonly ms: number;
  readonly auc: number;
}

const LEARNERS = [
  {
    peer: 'boosted',
    what: `boosted trees, ${ROWS.toLocaleString('en-US')} × ${COLUMNS}, 100 trees × 31 leaves`,
    learner: 'two-class-boosted-decision-tree',
    params: { trees: 100, leaves: 31, learningRate: 0.1, minimumSamples: 20 },
  },
  {
    peer: 'logistic',
    what: `logistic regression, ${ROWS.toLocaleString('en-US')} × ${COLUMNS}, L2 1`,
    learner: 'two-class-logistic-regression',
    params: { l1: 0, l2: 1 },
  },
];

/** Training times, ours and scikit-learn's in turn on the same rows, from columns in memory to the finished model. */
export async function learning(): Promise<BenchRow[]> {
  const { columns, targets } = makeClassification(ROWS + HELD, COLUMNS);
  const python = pythonWith('sklearn', 'numpy');
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-bench-'));
  try {
    if (python) {
      writeFileSync(join(folder, 'x.bin'), Buffer.concat(columns.map((each) => new Uint8Array(each.buffer as ArrayBuffer))));
      writeFileSync(join(folder, 'y.bin'), new Uint8Array(targets.buffer as ArrayBuffer));
    }
    const part = (from: number, to: number): TrainingData => ({
      features: columns.map((each, index) => ({ schema: column(`x${index}`, 'number'), values: Float64Array.from(each.subarray(from, to)) })),
      label: { schema: column('y', 'integer'), values: targets.slice(from, to) },
      rowCount: to - from,
    });
    const [train, held] = [part(0, ROWS), part(ROWS, ROWS + HELD)];
    const rows: BenchRow[] = [];
    for (const each of LEARNERS) {
      const ours: Figure[] = [];
      const peer: Figure[] = [];
      for (let time = 0; time < TIMES; time += 1) {
        ours.push(await measure(each.learner, each.params, train, held));
        if (python)
          peer.push(
            JSON.parse(
              execFileSync(python, [join(import.meta.dirname, 'learning_peer.py'), each.peer, folder, `${ROWS + HELD}`, `${COLUMNS}`, `${HELD}`], {
                encoding: 'utf8',
              }),
            ) as Figure,
          );
      }
      const [own, theirs] = [median(ours.map(({ ms }) => ms)), python ? median(peer.map(({ ms }) => ms)) : null];
      const auc = `AUC ${ours[0]!.auc.toFixed(4)}${peer[0] ? `, peer ${peer[0].auc.toFixed(4)}` : ''}`;
      rows.push({
        what: `${each.what} (${auc})`,
        unit: 'ms',
        ours: own,
        peer: theirs,
        peerName: python ? 'scikit-learn' : null,
        ratio: theirs === null ? null : theirs / own,
      });
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(learner: string, params: Record<string, unknown>, train: TrainingData, held: TrainingData): Promise<Figure> {
  const context: FitContext = { signal: new AbortController().signal, threads: availableParallelism(), log: () => {}, progress: () => {}, metric: () => {} };
  const trainer = (await trainers[learner]!()).default;
  const started = performance.now();
  const model = await trainer.fit(train, params, context);
  const ms = performance.now() - started;
  const scored = await createOnnxRunner({ threads: 1 }).apply(
    model.onnx,
    model.signature,
    new Map(held.features.map((each) => [each.schema.name, each.values])),
    held.rowCount,
  );
  const curve = twoClassCurve('', { scores: scored.get(SCORED_PROBABILITIES) as Float64Array, positive: Uint8Array.from(held.label.values as Float64Array) });
  return { ms, auc: curve.metrics.auc! };
}
