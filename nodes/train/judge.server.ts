import type { LabelledData } from '../kit/context.ts';
import type { Signature } from '../kit/signature.ts';
import { probabilityColumn, SCORED_LABELS, SCORED_PROBABILITIES } from '../kit/signature.ts';
import type { Columns, ColumnValues } from '../kit/table.ts';
import { multiclassMetrics } from '../evaluate/metrics/multiclass.ts';
import { regressionMetrics } from '../evaluate/metrics/regression.ts';
import { atThreshold, twoClassCurve } from '../evaluate/metrics/two-class.ts';
import { labelText } from '../kit/label-text.ts';
import { FIGURES, type SupervisedTask } from './figures.ts';

/**
 * The figures of `FIGURES` for scores of rows whose label is known. A figure that is not defined on these rows, such as AUC where all are of one
 * class, is left out.
 */
export function judge(data: LabelledData, scores: Columns, signature: Signature): Record<string, number> {
  const task = signature.task as SupervisedTask;
  const all = task === 'two-class' ? twoClass(data, scores, signature) : task === 'multiclass' ? multiclass(data, scores, signature) : regression(data, scores);
  return Object.fromEntries(Object.keys(FIGURES[task]).flatMap((name) => (Number.isFinite(all[name]) ? [[name, all[name]!]] : [])));
}

function twoClass({ label, weights }: LabelledData, scores: Columns, signature: Signature): Record<string, number> {
  const positive = signature.label!.levels!.at(-1)!;
  const rows = {
    scores: scores.get(SCORED_PROBABILITIES) as Float64Array,
    positive: Uint8Array.from(texts(label.values, label.schema.type), (level) => Number(level === positive)),
    weights,
  };
  return { ...twoClassCurve('', rows).metrics, ...atThreshold(rows, 0.5) };
}

function multiclass({ label, weights, rowCount }: LabelledData, scores: Columns, signature: Signature): Record<string, number> {
  const known = signature.label!.levels!;
  const truth = texts(label.values, label.schema.type);
  const levels = [...known, ...new Set(truth.filter((level) => !known.includes(level)))];
  const places = new Map(levels.map((level, place) => [level, place]));
  const placed = (values: readonly string[]) => Int32Array.from(values, (level) => places.get(level)!);
  const type = signature.outputs.find(({ name }) => name === SCORED_LABELS)!.type;
  return multiclassMetrics({
    levels,
    truth: placed(truth),
    predicted: placed(texts(scores.get(SCORED_LABELS)!, type)),
    probabilities: levels.map((level) => (scores.get(probabilityColumn(level)) as Float64Array | undefined) ?? new Float64Array(rowCount)),
    weights,
  });
}

const regression = ({ label, weights }: LabelledData, scores: Columns): Record<string, number> =>
  regressionMetrics({ truth: label.values as Float64Array, predicted: scores.get(SCORED_LABELS) as Float64Array, weights });

const texts = (values: ColumnValues, type: Parameters<typeof labelText>[1]): string[] =>
  Array.from<number | string | null, string>(values, (value) => labelText(value, type));
