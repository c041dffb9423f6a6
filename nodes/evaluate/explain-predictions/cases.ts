import { defineCases } from '../../kit/define.ts';
import type { Model } from '../../kit/kinds.ts';
import { encodeFeatures } from '../../kit/onnx/encode.ts';
import { GraphBuilder } from '../../kit/onnx/builder.ts';
import { metadataOf } from '../../kit/onnx/metadata.ts';
import { SCORED_LABELS, type Signature } from '../../kit/signature.ts';
import { tableOf } from '../../kit/table.ts';
import { sumOfTrees, type GraphTree } from '../../learners/trees/graph.ts';
import { BASE_VALUE, contributionColumn, EXPLAINED_SCORE, explainPredictions } from './node.ts';

function model(learner: string, write: (builder: GraphBuilder, matrix: string) => string): Model {
  const signature: Signature = {
    kind: 'model',
    inputs: [
      { name: 'x', type: 'number', required: true },
      { name: 'city', type: 'category', required: false, levels: ['Oslo', 'Rome'] },
    ],
    outputs: [{ name: SCORED_LABELS, type: 'number', role: 'score' }],
    drops: [],
    task: 'regression',
    label: { name: 'y', type: 'number' },
    learner,
    rowCount: 4,
  };
  const summary = { learner, title: 'Example', task: 'regression', params: {}, rowCount: 4, importance: [], history: [], notes: [] } as const;
  const builder = new GraphBuilder();
  const { matrix } = encodeFeatures(builder, [
    { name: 'x', type: 'number' },
    { name: 'city', type: 'category', levels: ['Oslo', 'Rome'] },
  ]);
  builder.output(SCORED_LABELS, write(builder, matrix), 'float');
  return { onnx: builder.toBytes(metadataOf(signature, summary)), signature, summary };
}

/** 2 x + 3 in Oslo, 2 x + 5 in Rome. */
const line = model('linear-regression', (builder, matrix) => builder.node('Gemm', [matrix, builder.floats([2, 2, 4], [3, 1]), builder.floats([1], [1])]));
/** x ≤ 1 (3 of 4 rows): 10; beyond, not in Rome (1 of 1 row): 20; else 40. */
const tree: GraphTree = {
  feature: Int32Array.of(0, -1, 2, -1, -1),
  threshold: Float32Array.of(1, 0, 0.5, 0, 0),
  left: Int32Array.of(1, 0, 3, 0, 0),
  right: Int32Array.of(2, 0, 4, 0, 0),
  missingLeft: Uint8Array.of(1, 0, 0, 0, 0),
  rows: Uint32Array.of(4, 2, 2, 1, 1),
};
const trees = model('boosted-decision-tree-regression', (builder, matrix) => sumOfTrees(builder, matrix, [tree], 1, (_, node) => [0, 10, 0, 20, 40][node]!));
const network = model('linear-regression', (builder, matrix) => {
  const hidden = builder.node('Relu', [builder.node('Gemm', [matrix, builder.floats([1, 1, 1], [3, 1])])]);
  return builder.node('Gemm', [hidden, builder.floats([1], [1, 1])]);
});
const scores = { role: 'score' } as const;
const roles = { [EXPLAINED_SCORE]: scores, [BASE_VALUE]: scores, [contributionColumn('x')]: scores, [contributionColumn('city')]: scores };
const names = [EXPLAINED_SCORE, BASE_VALUE, contributionColumn('x'), contributionColumn('city')] as const;
const explained = (...[score, base, x, city]: number[][]) => tableOf({ [names[0]]: score!, [names[1]]: base!, [names[2]]: x!, [names[3]]: city! }, roles);

export const cases = defineCases(explainPredictions, [
  {
    name: 'a line: coefficient × (value − mean); indicators are one column',
    inputs: { model: line, data: tableOf({ x: [1, 3], city: ['Oslo', 'Rome'] }) },
    expect: { outputs: { data: explained([5, 11], [8, 8], [-2, 2], [-1, 1]) } },
  },
  {
    name: 'a tree: Shapley values by the training rows of its branches',
    inputs: { model: trees, data: tableOf({ x: [0, 2], city: ['Oslo', 'Rome'] }) },
    // Of x = 2 in Rome: v() = 20, v(x) = 30, v(city) = 25, v(both) = 40.
    expect: { outputs: { data: explained([10, 40], [20, 20], [-7.5, 12.5], [-2.5, 7.5]) } },
  },
  {
    name: 'only the first row',
    params: { rows: 1 },
    inputs: { model: trees, data: tableOf({ x: [0, 2], city: ['Oslo', 'Rome'] }) },
    expect: { outputs: { data: explained([10], [20], [-7.5], [-2.5]) } },
  },
  {
    name: 'a network has no exact explanation',
    inputs: { model: network, data: tableOf({ x: [1], city: ['Oslo'] }) },
    expect: { issue: 'learner_wrong_task' },
  },
  { name: 'a column that the model needs is not there', inputs: { model: line, data: tableOf({ z: [1] }) }, expect: { issue: 'model_mismatch' } },
]);
