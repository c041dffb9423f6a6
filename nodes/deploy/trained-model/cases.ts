import { defineCases } from '../../kit/define.ts';
import { trainedModel } from './node.ts';

export const cases = defineCases(trainedModel, [
  { name: 'given to a run, not run', params: { node: 'train-model', port: 'model', label: 'churn', task: 'two-class' }, expect: { issue: 'data_missing' } },
  { name: 'no training node named', expect: { issue: 'parameter_missing' } },
]);
