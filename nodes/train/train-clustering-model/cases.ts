import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import type { Learner } from '../../kit/kinds.ts';
import { ASSIGNMENTS, distanceColumn } from '../../kit/signature.ts';
import { tableOf } from '../../kit/table.ts';
import { trainClusteringModel } from './node.ts';

const two: Learner = { learner: 'k-means-clustering', task: 'clustering', params: { clusters: 2, normalize: false, seeding: 'first' } };
const data = tableOf({ x: [0, 10, 1, 11, 2, null], name: ['a', 'b', 'c', 'd', 'e', 'f'] }, { name: { role: 'id' } });
const score = { role: 'score' } as const;

export const cases = defineCases(trainClusteringModel, [
  {
    name: 'two groups around 1.95 and 10.5; a missing number counts as the mean, 4.8',
    params: { append: false },
    inputs: { learner: two, data },
    expect: {
      outputs: {
        model: { signature: { task: 'clustering', inputs: [{ name: 'x' }], rowCount: 6 } },
        data: tableOf(
          {
            [ASSIGNMENTS]: [0, 1, 0, 1, 0, 0],
            [distanceColumn(0)]: [1.95, 8.05, 0.95, 9.05, 0.05, 2.85],
            [distanceColumn(1)]: [10.5, 0.5, 9.5, 0.5, 8.5, 5.7],
          },
          { [ASSIGNMENTS]: { ...score, type: 'integer' }, [distanceColumn(0)]: score, [distanceColumn(1)]: score },
        ),
      },
    },
  },
  {
    name: 'results after the columns',
    params: { columns: columnsNamed('x') },
    inputs: { learner: { ...two, params: { ...two.params, normalize: true } }, data: tableOf({ x: [0, 4, 1, 4], y: ['p', 'q', 'p', 'q'] }) },
    expect: {
      outputs: {
        data: tableOf(
          {
            x: [0, 4, 1, 4],
            y: ['p', 'q', 'p', 'q'],
            [ASSIGNMENTS]: [0, 1, 0, 1],
            [distanceColumn(0)]: [0.125, 0.875, 0.125, 0.875],
            [distanceColumn(1)]: [1, 0, 0.75, 0],
          },
          { [ASSIGNMENTS]: { ...score, type: 'integer' }, [distanceColumn(0)]: score, [distanceColumn(1)]: score },
        ),
      },
    },
  },
  {
    name: 'labels that are to be filled count as a feature',
    inputs: {
      learner: { ...two, labels: 'fill', params: { ...two.params, seeding: 'k-means++', starts: 5, labels: 'fill' } },
      data: tableOf({ x: [0, 1, 2, 20, 21, 22], kind: ['p', null, 'p', 'q', null, 'q'] }, { kind: { role: 'label' } }),
    },
    expect: {
      outputs: { model: { signature: { inputs: [{ name: 'x' }, { name: 'kind' }] } } },
    },
  },
  {
    name: 'all rows get the label of the row nearest to the centre of their group; labels do not count',
    inputs: {
      learner: { ...two, labels: 'overwrite', params: { ...two.params, labels: 'overwrite' } },
      data: tableOf({ x: [0, 30, 1, 31, 5, 32], kind: ['p', 'q', 'r', 'p', null, 'q'] }, { kind: { role: 'label' } }),
    },
    expect: {
      outputs: {
        model: { signature: { inputs: [{ name: 'x' }] } },
        data: tableOf(
          {
            x: [0, 30, 1, 31, 5, 32],
            kind: ['r', 'p', 'r', 'p', 'r', 'p'],
            [ASSIGNMENTS]: [0, 1, 0, 1, 0, 1],
            [distanceColumn(0)]: [2, 28, 1, 29, 3, 30],
            [distanceColumn(1)]: [31, 1, 30, 0, 26, 1],
          },
          { kind: { role: 'label' }, [ASSIGNMENTS]: { ...score, type: 'integer' }, [distanceColumn(0)]: score, [distanceColumn(1)]: score },
        ),
      },
    },
  },
  {
    name: 'an algorithm that needs a label',
    inputs: { learner: { learner: 'linear-regression', task: 'regression', params: {} }, data },
    expect: { issue: 'learner_wrong_task' },
  },
  { name: 'fewer rows than groups', inputs: { learner: { ...two, params: { clusters: 9 } }, data }, expect: { issue: 'rows_none' } },
  { name: 'fewer different rows than groups', inputs: { learner: two, data: tableOf({ x: [1, 1, 1] }) }, expect: { issue: 'features_none' } },
  { name: 'a column that is not there', params: { columns: columnsNamed('z') }, inputs: { learner: two, data }, expect: { issue: 'column_missing' } },
  { name: 'no feature', inputs: { learner: two, data: tableOf({ id: ['a', 'b'] }, { id: { role: 'id' } }) }, expect: { issue: 'features_none' } },
]);
