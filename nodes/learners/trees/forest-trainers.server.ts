import type { z } from 'zod';
import type { Trainer } from '../../kit/context.ts';
import { weightsWithClasses, type ClassWeights } from '../class-weights.ts';
import { classesOf, numericTargets, twoClasses } from '../labels.server.ts';
import { modelOf } from '../model.server.ts';
import type { ForestParams } from './forest-params.ts';
import { fitForest, forestNeed } from './forest.server.ts';

interface ForestNode<Params> {
  readonly type: string;
  readonly title: string;
  readonly params: z.ZodType<Params>;
}
type ClassifierParams = ForestParams & { readonly classWeights: ClassWeights };

/** The probability of the positive class is the mean over trees of its share in the leaf. */
export const twoClassForest = (node: ForestNode<ClassifierParams>, randomCuts: boolean): Trainer => ({
  learner: node.type,
  memory: (shape, params) => forestNeed(shape, node.params.parse(params)),
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const classes = twoClasses(data.label);
    const weights = weightsWithClasses(params.classWeights, classes.targets, 2, data.weights);
    const fitted = await fitForest(data, params, { training: classes.targets, weights, randomCuts }, context);
    return modelOf({ learner: node.type, title: node.title, task: 'two-class', gives: 'probabilities', params: { ...params }, data, classes, ...fitted });
  },
});

/** The probability of each class is the mean over trees of its share in the leaf. */
export const multiclassForest = (node: ForestNode<ClassifierParams>, randomCuts: boolean): Trainer => ({
  learner: node.type,
  memory: (shape, params) => forestNeed(shape, node.params.parse(params)),
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const classes = classesOf(data.label);
    const weights = weightsWithClasses(params.classWeights, classes.targets, classes.levels.length, data.weights);
    const targets = { training: Float64Array.from(classes.targets), classes: classes.levels, weights, randomCuts };
    const fitted = await fitForest(data, params, targets, context);
    return modelOf({ learner: node.type, title: node.title, task: 'multiclass', gives: 'probabilities', params: { ...params }, data, classes, ...fitted });
  },
});

/** The prediction is the mean over trees of the leaf's mean. */
export const regressionForest = (node: ForestNode<ForestParams>, randomCuts: boolean): Trainer => ({
  learner: node.type,
  memory: (shape, params) => forestNeed(shape, node.params.parse(params)),
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const fitted = await fitForest(data, params, { training: numericTargets(data.label), weights: data.weights, randomCuts }, context);
    return modelOf({ learner: node.type, title: node.title, task: 'regression', params: { ...params }, data, ...fitted });
  },
});
