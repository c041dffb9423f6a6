import type { FeatureData, LabelledData } from '../kit/context.ts';
import type { Model } from '../kit/kinds.ts';
import { modelOutputs } from '../kit/model-schema.ts';
import { encodeFeatures } from '../kit/onnx/encode.ts';
import { GraphBuilder } from '../kit/onnx/builder.ts';
import { metadataOf } from '../kit/onnx/metadata.ts';
import type { ModelSummary } from '../kit/reports.ts';
import type { Signature, Task } from '../kit/signature.ts';
import { isTextual } from '../kit/table.ts';
import type { Features } from './features.server.ts';
import type { Classes } from './labels.server.ts';
import { GIVES, writeOutputs, type Gives } from './outputs.ts';

type Told = Pick<ModelSummary, 'coefficients' | 'trees' | 'validationHistory'>;

export interface ModelParts extends Told {
  readonly learner: string;
  readonly title: string;
  readonly task: Task;
  readonly params: Record<string, unknown>;
  readonly data: FeatureData & Partial<Pick<LabelledData, 'label'>>;
  readonly features: Features;
  /** For two and for several classes. */
  readonly classes?: Pick<Classes, 'levels' | 'values'>;
  /**
   * Writes the score from the matrix [rows, F] and gives its name: [rows, 1] for regression, two classes and anomalies (from 0 to 1); a column
   * for each class, for each centre (distances) or for each quantile.
   */
  readonly score: (builder: GraphBuilder, matrix: string) => string;
  /** What the score means; by default the value, the log-odds or the logits. */
  readonly gives?: Gives;
  readonly centres?: number;
  readonly quantiles?: readonly number[];
  /** Anomaly detection: the lowest score of an anomaly; 0.5 by default. */
  readonly threshold?: number;
  readonly importance: ReadonlyMap<string, number>;
  readonly history: readonly number[];
  readonly notes: readonly string[];
}

/** Writes the ONNX file of a trained model: encoder, score and outputs, with its signature and summary. */
export function modelOf(parts: ModelParts): Model {
  const { learner, title, task, params, data, features, classes, score, gives = GIVES[task], centres, quantiles, threshold = 0.5, importance, history } = parts;
  const label = data.label?.schema;
  const outputs = modelOutputs(task, label, { levels: classes?.levels, centres, quantiles });
  const builder = new GraphBuilder();
  const { matrix } = encodeFeatures(builder, features.encodings);
  const textual = label !== undefined && isTextual(label.type);
  writeOutputs(builder, score(builder, matrix), { task, gives, outputs, values: classes?.values, textual, quantiles, threshold });
  const signature: Signature = {
    kind: 'model',
    inputs: features.inputs,
    outputs,
    drops: [],
    task,
    ...(label ? { label: { name: label.name, type: label.type, ...(classes ? { levels: classes.levels } : {}) } } : {}),
    learner,
    rowCount: data.rowCount,
    ...(data.dataHash === undefined ? {} : { dataHash: data.dataHash }),
  };
  const sorted = [...importance].map(([column, share]) => ({ column, value: share })).sort((a, b) => b.value - a.value || (a.column < b.column ? -1 : 1));
  const told: Told = Object.fromEntries(
    Object.entries({ coefficients: parts.coefficients, trees: parts.trees, validationHistory: parts.validationHistory }).filter(([, value]) => value),
  );
  const notes = [...features.notes, ...parts.notes];
  const summary: ModelSummary = { learner, title, task, params, rowCount: data.rowCount, importance: sorted, history, notes, ...told };
  return { onnx: builder.toBytes(metadataOf(signature, summary)), signature, summary };
}
