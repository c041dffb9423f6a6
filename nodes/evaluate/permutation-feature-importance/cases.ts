import { defineCases } from '../../kit/define.ts';
import type { Model } from '../../kit/kinds.ts';
import { GraphBuilder } from '../../kit/onnx/builder.ts';
import { metadataOf } from '../../kit/onnx/metadata.ts';
import { SCORED_LABELS, type Signature } from '../../kit/signature.ts';
import { tableOf } from '../../kit/table.ts';
import { permutationFeatureImportance } from './node.ts';

/** Scored Labels = 2 x + 0 idle */
function line(task: 'regression' | 'clustering' = 'regression'): Model {
  const signature: Signature = {
    kind: 'model',
    inputs: [
      { name: 'idle', type: 'number', required: true },
      { name: 'x', type: 'number', required: true },
    ],
    outputs: [{ name: SCORED_LABELS, type: 'number', role: 'score' }],
    drops: [],
    task,
    label: { name: 'y', type: 'number' },
    learner: 'linear-regression',
  };
  const summary = { learner: 'linear-regression', title: 'Line', task, params: {}, rowCount: 2, importance: [], history: [], notes: [] };
  const builder = new GraphBuilder();
  const joined = builder.concat([builder.input('idle', 'float'), builder.input('x', 'float')]);
  builder.output(SCORED_LABELS, builder.node('Gemm', [joined, builder.floats([0, 2], [2, 1])]), 'float');
  return { onnx: builder.toBytes(metadataOf(signature, summary)), signature, summary };
}
const data = tableOf({ x: [1, 2], idle: [5, 7], y: [2, 4] });

export const cases = defineCases(permutationFeatureImportance, [
  {
    name: 'of two rows a shuffle swaps x or not: the error is 2 or 0; the other column does not count',
    params: { repeats: 1, seed: 1 },
    inputs: { model: line(), data },
    expect: { outputs: { importance: tableOf({ Feature: ['x', 'idle'], Score: [2, 0], 'Standard deviation': [0, 0] }, { Feature: { type: 'text' } }) } },
  },
  { name: 'no label to judge by', inputs: { model: line(), data: tableOf({ x: [1], idle: [1] }) }, expect: { issue: 'label_missing' } },
  { name: 'a column of the model is not there', inputs: { model: line(), data: tableOf({ x: [1], y: [1] }) }, expect: { issue: 'model_mismatch' } },
  { name: 'clusters are neither right nor wrong', inputs: { model: line('clustering'), data }, expect: { issue: 'learner_wrong_task' } },
]);
