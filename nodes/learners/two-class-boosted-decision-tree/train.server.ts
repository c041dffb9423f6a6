import type { Trainer } from '../../kit/context.ts';
import { trainBoostedTrees } from '../../kernels/boosted-trees.server.ts';
import { prepareFeatures } from '../features.server.ts';
import { twoClasses } from '../labels.server.ts';
import { gainImportance, modelOf, treeScore } from '../model.server.ts';
import { twoClassBoostedDecisionTree as node } from './node.ts';

const trainer: Trainer = {
  learner: node.type,
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const classes = twoClasses(data.label);
    const features = prepareFeatures(data, { missing: 'keep', scaling: 'none' });
    const ensemble = await trainBoostedTrees(
      { columns: features.columns.map((_, index) => features.values(index)), targets: classes.targets, weights: data.weights },
      { loss: 'logistic', ...params },
      {
        signal: context.signal,
        threads: context.threads,
        tree(done, loss) {
          context.metric('training loss', loss, done);
          context.progress(done / params.trees, `tree ${done} of ${params.trees}`);
        },
      },
    );
    const { trees, history } = ensemble;
    const notes = trees.length < params.trees ? [`Training ended after ${trees.length} of ${params.trees} trees: no further split was allowed or helped.`] : [];
    return modelOf({
      learner: node.type,
      title: node.title,
      task: 'two-class',
      params,
      data,
      features,
      classes,
      score: treeScore(ensemble),
      importance: gainImportance(ensemble, features),
      history,
      notes,
    });
  },
};
export default trainer;
