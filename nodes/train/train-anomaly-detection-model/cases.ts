import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import type { Learner } from '../../kit/kinds.ts';
import { tableOf } from '../../kit/table.ts';
import { trainAnomalyDetectionModel } from './node.ts';

const line: Learner = { learner: 'pca-based-anomaly-detection', task: 'anomaly', params: { components: 1 } };
const border: Learner = { learner: 'one-class-support-vector-machine', task: 'anomaly', params: { nu: 0.3 } };
const data = tableOf({ x: [1, 2, 3, 4, 5, null], y: [2, 4, 6, 8, 0, 7], kind: ['a', 'b', 'a', 'b', 'a', 'b'] }, { kind: { role: 'label' } });

export const cases = defineCases(trainAnomalyDetectionModel, [
  {
    name: 'ties between columns; the label is no feature',
    inputs: { learner: line, data },
    expect: {
      outputs: {
        model: {
          signature: {
            task: 'anomaly',
            inputs: [{ name: 'x' }, { name: 'y' }],
            outputs: [
              { name: 'Scored Labels', type: 'integer' },
              { name: 'Scored Probabilities', type: 'number' },
            ],
            rowCount: 6,
          },
          summary: { learner: 'pca-based-anomaly-detection' },
        },
      },
    },
  },
  {
    name: 'a border around one column',
    params: { columns: columnsNamed('y') },
    inputs: { learner: border, data },
    expect: { outputs: { model: { signature: { task: 'anomaly', inputs: [{ name: 'y' }], learner: 'one-class-support-vector-machine' } } } },
  },
  { name: 'as many components as columns', inputs: { learner: { ...line, params: { components: 2 } }, data }, expect: { issue: 'parameter_invalid' } },
  {
    name: 'an algorithm that needs a label',
    inputs: { learner: { learner: 'linear-regression', task: 'regression', params: {} }, data },
    expect: { issue: 'learner_wrong_task' },
  },
  { name: 'no rows', inputs: { learner: line, data: tableOf({ x: [], y: [] }) }, expect: { issue: 'rows_none' } },
  { name: 'no feature', inputs: { learner: line, data: tableOf({ id: ['a', 'b'] }, { id: { role: 'id' } }) }, expect: { issue: 'features_none' } },
]);
