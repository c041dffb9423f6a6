import type { LearnerSpec, ModelSpec } from '../kit/kinds.ts';
import { featureColumns, modelOutputs, outputsOpen } from '../kit/model-schema.ts';
import type { TableSchema } from '../kit/table.ts';

/** What is known of the model before it is trained; columns that turn out to be constant will not be asked for. */
export function expectedModel(data: TableSchema, name: string, learner: LearnerSpec | undefined): ModelSpec {
  const label = data.columns.find((each) => each.name === name);
  if (!label || !learner) return { task: learner?.task, label: name || undefined };
  return {
    task: learner.task,
    label: name,
    signature: {
      kind: 'model',
      inputs: featureColumns(data, name).map((each) => ({ name: each.name, type: each.type, required: !each.nullable })),
      outputs: modelOutputs(learner.task, label, { quantiles: learner.quantiles }),
      ...(outputsOpen(learner.task) ? { open: true } : {}),
      drops: [],
      task: learner.task,
      label: { name, type: label.type },
      learner: learner.learner,
    },
  };
}
