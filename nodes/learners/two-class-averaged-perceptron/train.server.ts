import type { Trainer } from '../../kit/context.ts';
import { averagedPerceptron } from '../../kernels/perceptron.ts';
import { weightsWithClasses } from '../class-weights.ts';
import { prepareFeatures } from '../features.server.ts';
import { twoClasses } from '../labels.server.ts';
import { coefficientImportance, linearScore, rawCoefficients } from '../linear.server.ts';
import { matrixMemory, rowMajor } from '../matrix.server.ts';
import { modelOf } from '../model.server.ts';
import { marginsOf, plattSlope } from '../platt.ts';
import { turns } from '../../kernels/turns.ts';
import { twoClassAveragedPerceptron as node } from './node.ts';

/** The averaged perceptron on standardised columns. scikit-learn's SGDClassifier(loss='perceptron', penalty=None, average=True) is the same. */
const trainer: Trainer = {
  learner: node.type,
  memory: matrixMemory,
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const classes = twoClasses(data.label);
    const features = prepareFeatures(data, { missing: 'impute', scaling: 'standardize' });
    const width = features.columns.length;
    const breathe = turns(context.signal);
    const weights = weightsWithClasses(params.classWeights, classes.targets, 2, data.weights);
    const matrix = await rowMajor((index) => features.values(index), data.rowCount, width, breathe);
    const history: number[] = [];
    const coefficients = await averagedPerceptron(
      { matrix, width, targets: classes.targets, weights },
      { rate: params.learningRate, epochs: params.iterations, shuffle: params.shuffle, seed: params.seed },
      {
        breathe,
        epoch(done, loss) {
          history.push(loss);
          context.metric('training loss', loss, done);
          context.progress(done / params.iterations, `iteration ${done} of ${params.iterations}`);
        },
      },
    );
    const slope = plattSlope(
      marginsOf((index) => features.values(index), coefficients, data.rowCount),
      classes.targets,
      weights,
    );
    const logOdds = [coefficients.map((each) => each * slope)];
    return modelOf({
      learner: node.type,
      title: node.title,
      task: 'two-class',
      params,
      data,
      features,
      classes,
      score: linearScore(logOdds),
      importance: coefficientImportance(logOdds, features, true),
      coefficients: rawCoefficients(logOdds, features),
      history,
      notes: ['Probabilities are sigmoid(a × margin), with one number a fitted to the training rows (Platt).'],
    });
  },
};
export default trainer;
