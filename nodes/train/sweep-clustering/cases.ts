import { defineCases } from '../../kit/define.ts';
import type { Learner } from '../../kit/kinds.ts';
import { ASSIGNMENTS } from '../../kit/signature.ts';
import { tableOf } from '../../kit/table.ts';
import { sweepClustering } from './node.ts';

const ranges: Learner = { learner: 'k-means-clustering', task: 'clustering', params: { normalize: false, starts: 5 }, ranges: { clusters: [4, 2, 3] } };
/** Three groups of four. */
const data = tableOf({ x: [0, 0, 1, 1, 20, 20, 21, 21, 0, 0, 1, 1], y: [0, 1, 0, 1, 0, 1, 0, 1, 20, 21, 20, 21] });

export const cases = defineCases(sweepClustering, [
  {
    name: 'three groups have the best silhouette',
    inputs: { learner: ranges, data },
    expect: { outputs: { model: { signature: { task: 'clustering', outputs: [{ name: ASSIGNMENTS }, {}, {}, {}] } } } },
  },
  {
    name: 'the elbow is at three, too',
    params: { metric: 'elbow', append: false },
    inputs: { learner: ranges, data },
    expect: { outputs: { model: { signature: { outputs: [{ name: ASSIGNMENTS }, {}, {}, {}] }, summary: { params: { clusters: 3 } } } } },
  },
  {
    name: 'by Davies–Bouldin',
    params: { metric: 'davies-bouldin' },
    inputs: { learner: ranges, data },
    expect: { outputs: { model: { summary: { params: { clusters: 3 } } } } },
  },
  { name: 'more groups than rows', inputs: { learner: { ...ranges, ranges: { clusters: [2, 50] } }, data }, expect: { issue: 'rows_none' } },
  {
    name: 'an algorithm of another task',
    inputs: { learner: { learner: 'linear-regression', task: 'regression', params: {} }, data },
    expect: { issue: 'learner_wrong_task' },
  },
]);
