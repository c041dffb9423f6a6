import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { linearRegression } from './node.ts';

export default defineRun(linearRegression, (_inputs, params) => {
  const learner = learnerOf({ learner: linearRegression.type, task: 'regression' }, params);
  if (!learner.ranges) return { learner };
  // Values of the other method would only train the same model again.
  const unused = params.method === 'ordinary-least-squares' ? ['learningRate', 'epochs'] : ['l1'];
  const ranges = Object.fromEntries(Object.entries(learner.ranges).filter(([name]) => !unused.includes(name)));
  return { learner: { ...learner, ranges } };
});
