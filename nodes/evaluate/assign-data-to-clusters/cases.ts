import { defineCases } from '../../kit/define.ts';
import type { Model } from '../../kit/kinds.ts';
import { GraphBuilder } from '../../kit/onnx/builder.ts';
import { metadataOf } from '../../kit/onnx/metadata.ts';
import { modelOutputs } from '../../kit/model-schema.ts';
import { ASSIGNMENTS, distanceColumn, type Signature, type Task } from '../../kit/signature.ts';
import { tableOf } from '../../kit/table.ts';
import { distanceScore } from '../../learners/clusters/distance-score.ts';
import { writeOutputs } from '../../learners/outputs.ts';
import { assignDataToClusters } from './node.ts';

/** Centres at 0 and 10. */
function centres(task: Task = 'clustering'): Model {
  const outputs = modelOutputs('clustering', undefined, { centres: 2 });
  const signature: Signature = {
    kind: 'model',
    inputs: [{ name: 'x', type: 'number', required: true }],
    outputs,
    drops: [],
    task,
    learner: 'k-means-clustering',
  };
  const summary = { learner: 'k-means-clustering', title: 'K-Means Clustering', task, params: {}, rowCount: 2, importance: [], history: [], notes: [] };
  const builder = new GraphBuilder();
  const score = distanceScore(Float64Array.of(0, 10), 1)(builder, builder.input('x', 'float'));
  writeOutputs(builder, score, { task: 'clustering', gives: 'value', outputs, textual: false, threshold: 0 });
  return { onnx: builder.toBytes(metadataOf(signature, summary)), signature, summary };
}
const score = { role: 'score' } as const;
const roles = { [ASSIGNMENTS]: { ...score, type: 'integer' }, [distanceColumn(0)]: score, [distanceColumn(1)]: score } as const;

export const cases = defineCases(assignDataToClusters, [
  {
    name: 'the nearest centre, and the distance from each',
    inputs: { model: centres(), data: tableOf({ x: [-1, 9, 4], city: ['Oslo', 'Rome', 'Bern'] }) },
    expect: {
      outputs: {
        data: tableOf(
          { x: [-1, 9, 4], city: ['Oslo', 'Rome', 'Bern'], [ASSIGNMENTS]: [0, 1, 0], [distanceColumn(0)]: [1, 9, 4], [distanceColumn(1)]: [11, 1, 6] },
          roles,
        ),
      },
    },
  },
  {
    name: 'the results alone',
    params: { append: false },
    inputs: { model: centres(), data: tableOf({ x: [6] }) },
    expect: { outputs: { data: tableOf({ [ASSIGNMENTS]: [1], [distanceColumn(0)]: [6], [distanceColumn(1)]: [4] }, roles) } },
  },
  { name: 'a column that the model needs is not there', inputs: { model: centres(), data: tableOf({ z: [1] }) }, expect: { issue: 'model_mismatch' } },
  { name: 'a model that finds no clusters', inputs: { model: centres('regression'), data: tableOf({ x: [1] }) }, expect: { issue: 'learner_wrong_task' } },
]);
