import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { chooseLabel, featureColumns, labelIssues, supervisedIssues, validationIssues } from '../../kit/model-schema.ts';
import * as param from '../../kit/params.ts';
import { expectedModel } from '../expected-model.ts';

export const trainModel = defineNode({
  type: 'train-model',
  version: 1,
  title: 'Train Model',
  category: 'Model training',
  family: 'learn',
  icon: 'train',
  summary: 'Teaches an algorithm to predict one column from the others.',
  keywords: ['fit', 'learn', 'supervised', 'label', 'target', 'learner', 'train', 'estimator'],
  inputs: {
    learner: { kind: 'learner', title: 'Untrained model' },
    data: { kind: 'table', title: 'Dataset' },
    validation: { kind: 'table', title: 'Validation dataset', optional: true },
  },
  outputs: { model: { kind: 'model', title: 'Trained model' } },
  params: z.object({
    label: param.oneColumn({
      title: 'Label column',
      help: 'What the model shall predict. Not needed where one column has the label role.',
      port: 'data',
      optional: true,
    }),
  }),
  deterministic: true,
  describe: ({ label }) => (label === '' ? '' : `predicts ${label}`),
  infer({ learner, data, validation }, { label: name }) {
    const issues: Issue[] = learner ? supervisedIssues(learner.task, 'learner') : [];
    if (!data) return { outputs: { model: { task: learner?.task, label: name || undefined } }, issues };
    const { label, issues: labelProblems } = chooseLabel(data, name);
    issues.push(...labelProblems);
    if (label && learner) issues.push(...labelIssues(label, learner.task));
    if (label && !data.open && featureColumns(data, label.name).length === 0) {
      issues.push(
        problem(
          'features_none',
          `Beside the label “${label.name}” there is no column to learn from: ids, weights, scores and dates do not count. Connect a table with more columns, or give them the role feature.`,
          {
            port: 'data',
          },
        ),
      );
    }
    if (label && validation) issues.push(...validationIssues(data, label, validation));
    return { outputs: { model: expectedModel(data, label?.name ?? name, learner) }, issues };
  },
  atScoring: () => ({ as: 'train' }),
});
