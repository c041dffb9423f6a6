import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { filterBasedFeatureSelection } from './node.ts';

const types = { Feature: { type: 'text' }, Kept: { type: 'boolean' }, y: { role: 'label' }, id: { role: 'id' } } as const;
const data = tableOf({ id: [9, 8, 7, 6], noise: [1, 2, 2, 1], y: [1, 2, 3, 4], twice: [2, 4, 6, 8], city: ['a', 'a', 'b', 'b'] }, types);
const classes = tableOf({ city: ['a', 'a', 'b', 'b'], hour: [1, 2, 1, 2], y: ['no', 'no', 'yes', 'yes'] }, types);

export const cases = defineCases(filterBasedFeatureSelection, [
  {
    name: 'what lies on a line with the label stays; the id is not scored',
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf({ id: [9, 8, 7, 6], y: [1, 2, 3, 4], twice: [2, 4, 6, 8] }, types),
        features: tableOf({ Feature: ['twice', 'noise', 'city'], Score: [1, 0, 0], Kept: [true, false, false] }, types),
        transform: { signature: { inputs: [], outputs: [], drops: ['noise', 'city'] } },
      },
    },
  },
  {
    name: 'mutual information of a category, in nats',
    params: { method: 'mutual-information', label: 'y' },
    inputs: { data: classes },
    expect: { outputs: { features: tableOf({ Feature: ['city', 'hour'], Score: [Math.LN2, 0], Kept: [true, false] }, types) } },
  },
  {
    name: 'chi squared',
    params: { method: 'chi-squared' },
    inputs: { data: classes },
    expect: { outputs: { features: tableOf({ Feature: ['city', 'hour'], Score: [4, 0], Kept: [true, false] }, types) } },
  },
  {
    name: 'Fisher score: between over within',
    params: { method: 'fisher', count: 2 },
    inputs: { data: tableOf({ x: [0, 2, 3, 5], y: ['a', 'a', 'b', 'b'] }, types) },
    expect: { outputs: { features: tableOf({ Feature: ['x'], Score: [2.25], Kept: [true] }, types) } },
  },
  { name: 'no target', inputs: { data: tableOf({ x: [1, 2], z: [1, 2] }) }, expect: { issue: 'label_missing' } },
  { name: 'nothing to choose from', inputs: { data: tableOf({ y: [1, 2] }, types) }, expect: { issue: 'features_none' } },
  { name: 'a correlation with texts alone', inputs: { data: tableOf({ y: [1, 2], city: ['a', 'b'] }, types) }, expect: { issue: 'features_none' } },
  { name: 'a correlation with three classes', inputs: { data: tableOf({ y: ['a', 'b', 'c'], x: [1, 2, 3] }, types) }, expect: { issue: 'label_not_numeric' } },
]);
