import type { Trainer } from '../../kit/context.ts';
import { NodeError } from '../../kit/issues.ts';
import { numericTargets } from '../labels.server.ts';
import { modelOf } from '../model.server.ts';
import { boostedNeed, fitBoosted } from '../trees/boosted.server.ts';
import { boostedDecisionTreeRegression as node } from './node.ts';

const trainer: Trainer = {
  learner: node.type,
  memory: (shape, params) => boostedNeed(shape, node.params.parse(params)),
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const training = numericTargets(data.label);
    if (params.loss === 'poisson') {
      const { name } = data.label.schema;
      if (training.some((each) => each < 0))
        throw new NodeError(
          'label_negative',
          `“${name}” holds numbers below 0, but the Poisson loss is for counts. Choose another loss, or remove these rows.`,
          {
            param: 'label',
          },
        );
    }
    const targets = {
      loss: params.loss,
      quantile: params.quantile,
      training,
      weights: data.weights,
      validation: (rows: Pick<typeof data, 'label'>) => numericTargets(rows.label),
    };
    const fitted = await fitBoosted(data, params, targets, context);
    return modelOf({ learner: node.type, title: node.title, task: 'regression', params, data, ...fitted });
  },
};
export default trainer;
