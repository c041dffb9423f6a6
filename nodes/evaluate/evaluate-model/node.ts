import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { comparisonIssues, scoredIssues } from './scored.ts';

const compare = (title: string) => ({ kind: 'table', title, optional: true }) as const;

export const evaluateModel = defineNode({
  type: 'evaluate-model',
  version: 2,
  title: 'Evaluate Model',
  category: 'Model scoring and evaluation',
  family: 'score',
  icon: 'evaluate',
  summary: 'Shows how well a model predicts, alone or beside up to seven others.',
  keywords: [
    'metrics',
    'roc',
    'auc',
    'accuracy',
    'precision',
    'recall',
    'confusion matrix',
    'rmse',
    'r2',
    'silhouette',
    'lift',
    'calibration',
    'compare',
    'scorer',
    'roc curve',
    'roc analysis',
    'performance',
    'classification report',
    'f1',
    'mse',
    'mae',
    'auroc',
  ],
  inputs: {
    scored: { kind: 'table', title: 'Scored dataset' },
    compare: compare('Scored dataset to compare'),
    compare2: compare('Third scored dataset'),
    compare3: compare('Fourth scored dataset'),
    compare4: compare('Fifth scored dataset'),
    compare5: compare('Sixth scored dataset'),
    compare6: compare('Seventh scored dataset'),
    compare7: compare('Eighth scored dataset'),
  },
  outputs: { report: { kind: 'report', title: 'Evaluation results' } },
  params: z.object({
    names: param.text({
      title: 'Model names',
      help: 'In the order of the ports, separated by commas. A name that is left out is the title of the algorithm.',
      default: '',
      maximum: 1_000,
      placeholder: 'Boosted trees, Logistic regression',
    }),
    positive: param.text({
      title: 'Positive class',
      help: 'Of two classes. Left out: the one that sorts last; for anomalies the rarer one.',
      default: '',
      maximum: 200,
      advanced: true,
    }),
  }),
  deterministic: true,
  infer(inputs) {
    const wired = Object.entries(inputs).flatMap(([port, schema]) => (schema ? [{ port, schema }] : []));
    const issues = [...wired.flatMap(({ port, schema }) => scoredIssues(schema, port)), ...comparisonIssues(wired)];
    return { outputs: { report: { report: 'evaluation' } }, issues };
  },
  atScoring: () => ({ as: 'vanish' }),
  migrate: { 2: (params) => params },
});
