import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { chooseLabel, featureColumns, labelIssues, supervisedIssues, validationIssues } from '../../kit/model-schema.ts';
import * as param from '../../kit/params.ts';
import { OPEN_TABLE } from '../../kit/table.ts';
import { figureTitles } from '../figures.ts';
import { expectedModel } from '../expected-model.ts';

const byChance = { param: 'sweep', is: ['random', 'random-grid', 'bayesian', 'halving'] };

export const tuneModelHyperparameters = defineNode({
  type: 'tune-model-hyperparameters',
  version: 1,
  title: 'Tune Model Hyperparameters',
  category: 'Model training',
  family: 'learn',
  icon: 'tune',
  summary: 'Tries many settings of an algorithm and trains with the best.',
  keywords: [
    'sweep',
    'grid search',
    'random search',
    'bayesian',
    'halving',
    'hyperparameter',
    'optimize',
    'automl',
    'tpe',
    'GridSearchCV',
    'RandomizedSearchCV',
    'parameter optimization loop',
    'optuna',
  ],
  inputs: {
    learner: { kind: 'learner', title: 'Untrained model' },
    data: { kind: 'table', title: 'Training dataset' },
    validation: { kind: 'table', title: 'Optional validation dataset', optional: true },
  },
  outputs: {
    sweep: { kind: 'table', title: 'Sweep results' },
    model: { kind: 'model', title: 'Trained best model' },
    report: { kind: 'report', title: 'Sweep report' },
  },
  params: z.object({
    label: param.oneColumn({
      title: 'Label column',
      help: 'What the model shall predict. Not needed where one column has the label role.',
      port: 'data',
      optional: true,
    }),
    sweep: param.choice({
      title: 'Parameter sweeping mode',
      options: {
        grid: 'Entire grid',
        random: 'Random sweep',
        'random-grid': 'Random grid',
        bayesian: 'Bayesian',
        halving: 'Successive halving',
      },
      default: 'random',
    }),
    runs: param.integer({
      title: 'Maximum number of runs',
      help: 'Settings to try.',
      default: 20,
      minimum: 1,
      maximum: 10_000,
      shownWhen: byChance,
    }),
    twoClassMetric: param.choice({ title: 'Metric for two classes', options: figureTitles('two-class'), default: 'auc' }),
    multiclassMetric: param.choice({ title: 'Metric for several classes', options: figureTitles('multiclass'), default: 'accuracy' }),
    regressionMetric: param.choice({ title: 'Metric for regression', options: figureTitles('regression'), default: 'rmse' }),
    folds: param.integer({
      title: 'Number of folds',
      help: 'Without a validation dataset each setting is judged by cross-validation.',
      default: 5,
      minimum: 2,
      maximum: 100,
    }),
    seed: param.seed({ help: 'Chooses the settings and the folds. The same seed gives the same result.', advanced: false }),
  }),
  deterministic: true,
  describe: ({ sweep, runs }) => (sweep === 'grid' ? 'entire grid' : `${runs} runs, ${sweep.replace('-', ' ')}`),
  infer({ learner, data, validation }, { label: name }) {
    const issues: Issue[] = learner ? supervisedIssues(learner.task, 'learner') : [];
    const outputs = { sweep: OPEN_TABLE, report: { report: 'sweep' as const } };
    if (!data) return { outputs: { ...outputs, model: { task: learner?.task, label: name || undefined } }, issues };
    const { label, issues: labelProblems } = chooseLabel(data, name);
    issues.push(...labelProblems);
    if (label && learner) issues.push(...labelIssues(label, learner.task));
    if (label && !data.open && featureColumns(data, label.name).length === 0)
      issues.push(
        problem('features_none', `Beside the label “${label.name}” there is no column to learn from. Connect a table with more columns.`, { port: 'data' }),
      );
    if (label && validation) issues.push(...validationIssues(data, label, validation));
    return { outputs: { ...outputs, model: expectedModel(data, label?.name ?? name, learner) }, issues };
  },
  atScoring: () => ({ as: 'train' }),
});
