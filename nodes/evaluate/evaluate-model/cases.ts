import { defineCases } from '../../kit/define.ts';
import { SCORED_LABELS, SCORED_PROBABILITIES } from '../../kit/signature.ts';
import { tableOf } from '../../kit/table.ts';
import { evaluateModel } from './node.ts';

const roles = { left: { role: 'label' }, price: { role: 'label' }, [SCORED_LABELS]: { role: 'score' }, [SCORED_PROBABILITIES]: { role: 'score' } } as const;
const scored = tableOf(
  { left: ['no', 'no', 'yes', 'yes', null], [SCORED_LABELS]: ['no', 'no', 'no', 'yes', 'no'], [SCORED_PROBABILITIES]: [0.1, 0.4, 0.35, 0.8, 0.3] },
  roles,
);
const prices = tableOf({ price: [1, 2, 3], [SCORED_LABELS]: [1, 2, 4] }, roles);

export const cases = defineCases(evaluateModel, [
  {
    name: 'two classes; rows without a label are ignored',
    inputs: { scored },
    expect: {
      outputs: {
        report: {
          task: 'two-class',
          label: 'left',
          positive: 'yes',
          negative: 'no',
          summary: { accuracy: 0.75, precision: 1, recall: 0.5, auc: 0.75 },
          models: [{ rowCount: 4, positiveCount: 2, thresholds: [2, 0.8, 0.4, 0.35, 0.1], truePositives: [0, 1, 1, 2, 2], falsePositives: [0, 0, 1, 1, 2] }],
        },
      },
    },
  },
  {
    name: 'a model beside another',
    inputs: { scored, compare: scored },
    expect: { outputs: { report: { models: [{ name: 'Scored dataset' }, { name: 'Scored dataset to compare' }] } } },
  },
  { name: 'a regression', inputs: { scored: prices }, expect: { outputs: { report: { task: 'regression', summary: { r2: 0.5, rse: 0.5, rae: 0.5 } } } } },
  { name: 'not scored', inputs: { scored: tableOf({ left: ['no'] }, roles) }, expect: { issue: 'column_missing' } },
  { name: 'no label', inputs: { scored: tableOf({ [SCORED_LABELS]: [1] }, roles) }, expect: { issue: 'label_missing' } },
  {
    name: 'one class',
    inputs: { scored: tableOf({ left: ['no', 'no'], [SCORED_LABELS]: ['no', 'yes'], [SCORED_PROBABILITIES]: [0.1, 0.9] }, roles) },
    expect: { issue: 'label_one_class' },
  },
  { name: 'a classification beside a regression', inputs: { scored, compare: prices }, expect: { issue: 'learner_wrong_task' } },
]);
