import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import type { Model } from '../../kit/kinds.ts';
import { GraphBuilder } from '../../kit/onnx/builder.ts';
import { metadataOf } from '../../kit/onnx/metadata.ts';
import { SCORED_LABELS, type Signature } from '../../kit/signature.ts';
import { tableOf } from '../../kit/table.ts';
import { partialDependence } from './node.ts';

/** Scored Labels = 2 x + z */
function plane(task: 'regression' | 'clustering' = 'regression'): Model {
  const signature: Signature = {
    kind: 'model',
    inputs: [
      { name: 'z', type: 'number', required: true },
      { name: 'x', type: 'number', required: true },
    ],
    outputs: [{ name: SCORED_LABELS, type: 'number', role: 'score' }],
    drops: [],
    task,
    label: { name: 'y', type: 'number' },
    learner: 'linear-regression',
  };
  const summary = { learner: 'linear-regression', title: 'Plane', task, params: {}, rowCount: 2, importance: [], history: [], notes: [] };
  const builder = new GraphBuilder();
  const joined = builder.concat([builder.input('z', 'float'), builder.input('x', 'float')]);
  builder.output(SCORED_LABELS, builder.node('Gemm', [joined, builder.floats([1, 2], [2, 1])]), 'float');
  return { onnx: builder.toBytes(metadataOf(signature, summary)), signature, summary };
}
const data = tableOf({ x: [1, 2, 4], z: [0, 3, 3] });

export const cases = defineCases(partialDependence, [
  {
    name: 'the mean rises by two for each x, and single rows run beside it',
    params: { curves: 3 },
    inputs: { model: plane(), data },
    expect: {
      outputs: {
        report: {
          type: 'partial-dependence',
          outputs: ['y'],
          rowCount: 3,
          curves: [
            {
              column: 'x',
              grid: [1, 2, 4],
              means: [[4, 6, 10]],
              rows: [
                [2, 4, 8],
                [5, 7, 11],
                [5, 7, 11],
              ],
            },
            { column: 'z', grid: [0, 3] },
          ],
        },
      },
    },
  },
  { name: 'clusters have no height', inputs: { model: plane('clustering'), data }, expect: { issue: 'learner_wrong_task' } },
  { name: 'a column of the model is not there', inputs: { model: plane(), data: tableOf({ x: [1] }) }, expect: { issue: 'model_mismatch' } },
  {
    name: 'the model does not take the chosen column',
    params: { columns: columnsNamed('city') },
    inputs: { model: plane(), data: tableOf({ x: [1], z: [1], city: ['a'] }) },
    expect: { issue: 'columns_none' },
  },
]);
