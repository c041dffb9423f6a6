import { defineCases } from '../../kit/define.ts';
import type { Model } from '../../kit/kinds.ts';
import { GraphBuilder } from '../../kit/onnx/builder.ts';
import { metadataOf } from '../../kit/onnx/metadata.ts';
import { SCORED_LABELS, type Signature } from '../../kit/signature.ts';
import { tableOf } from '../../kit/table.ts';
import { scoreModel } from './node.ts';

/** Scored Labels = 2 x + 1 */
function line(): Model {
  const signature: Signature = {
    kind: 'model',
    inputs: [{ name: 'x', type: 'number', required: true }],
    outputs: [{ name: SCORED_LABELS, type: 'number', role: 'score' }],
    drops: [],
    task: 'regression',
    label: { name: 'y', type: 'number' },
    learner: 'linear-regression',
  };
  const summary = {
    learner: 'linear-regression',
    title: 'Linear Regression',
    task: 'regression',
    params: {},
    rowCount: 2,
    importance: [],
    history: [],
    notes: [],
  } as const;
  const builder = new GraphBuilder();
  const x = builder.input('x', 'float');
  builder.output(SCORED_LABELS, builder.node('Gemm', [x, builder.floats([2], [1, 1]), builder.floats([1], [1])]), 'float');
  return { onnx: builder.toBytes(metadataOf(signature, summary)), signature, summary };
}
const model = line();

export const cases = defineCases(scoreModel, [
  {
    name: 'scores come after the columns, and the label gets its role',
    inputs: { model, data: tableOf({ x: [1, 2], y: [3, 6], city: ['Oslo', 'Rome'] }) },
    expect: {
      outputs: {
        data: tableOf({ x: [1, 2], y: [3, 6], city: ['Oslo', 'Rome'], [SCORED_LABELS]: [3, 5] }, { y: { role: 'label' }, [SCORED_LABELS]: { role: 'score' } }),
      },
    },
  },
  {
    name: 'only the scores',
    params: { append: false },
    inputs: { model, data: tableOf({ x: [1, 2] }) },
    expect: { outputs: { data: tableOf({ [SCORED_LABELS]: [3, 5] }, { [SCORED_LABELS]: { role: 'score' } }) } },
  },
  {
    name: 'scoring again replaces the scores in place',
    inputs: { model, data: tableOf({ [SCORED_LABELS]: [0], x: [4] }) },
    expect: { outputs: { data: tableOf({ [SCORED_LABELS]: [9], x: [4] }, { [SCORED_LABELS]: { role: 'score' } }) } },
  },
  { name: 'a column that the model needs is not there', inputs: { model, data: tableOf({ z: [1] }) }, expect: { issue: 'model_mismatch' } },
  { name: 'a number has become text', inputs: { model, data: tableOf({ x: ['one'] }) }, expect: { issue: 'model_mismatch' } },
]);
