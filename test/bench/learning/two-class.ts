import { availableParallelism } from 'node:os';
import { twoClassCurve } from '#nodes/evaluate/metrics/two-class.ts';
import type { FitContext, TrainingData } from '#nodes/kit/context.ts';
import { createOnnxRunner } from '#nodes/kit/onnx/session.server.ts';
import { SCORED_PROBABILITIES } from '#nodes/kit/signature.ts';
import { column } from '#nodes/kit/table.ts';
import { trainers } from '#nodes/trainers.server.ts';
import type { Classification } from './make-classification.ts';
import type { Fitted } from './contest.ts';

export const fitContext = (): FitContext => ({
  signal: new AbortController().signal,
  threads: availableParallelism(),
  log: () => {},
  progress: () => {},
  metric: () => {},
});

/** Rows from..to as a trainer gets them. */
export const trainingRows = ({ columns, targets }: Classification, from: number, to: number): TrainingData => ({
  features: columns.map((each, index) => ({ schema: column(`x${index}`, 'number'), values: Float64Array.from(each.subarray(from, to)) })),
  label: { schema: column('y', 'integer'), values: targets.slice(from, to) },
  rowCount: to - from,
});

/** Fits a two-class learner on all but the last `held` rows: the time of the whole fit, and the AUC on those rows by ONNX Runtime. */
export function twoClassFit(learner: string, params: Record<string, unknown>, data: Classification, held: number): () => Promise<Fitted> {
  const cut = data.targets.length - held;
  const [train, rest] = [trainingRows(data, 0, cut), trainingRows(data, cut, cut + held)];
  return async () => {
    const trainer = (await trainers[learner]!()).default;
    const started = performance.now();
    const { onnx, signature } = await trainer.fit(train, params, fitContext());
    const ms = performance.now() - started;
    const inputs = new Map(rest.features.map((each) => [each.schema.name, each.values]));
    const scored = await createOnnxRunner({ threads: 1 }).apply(onnx, signature, inputs, held);
    const positive = Uint8Array.from(rest.label.values as Float64Array);
    return { ms, quality: twoClassCurve('', { scores: scored.get(SCORED_PROBABILITIES) as Float64Array, positive }).metrics.auc! };
  };
}
