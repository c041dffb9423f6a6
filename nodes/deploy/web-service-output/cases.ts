import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { webServiceOutput } from './node.ts';

export const cases = defineCases(webServiceOutput, [
  { name: 'deployed, not run', inputs: { data: tableOf({ 'Scored Labels': ['Yes', 'No'] }) }, expect: { issue: 'scoring_refused' } },
]);
