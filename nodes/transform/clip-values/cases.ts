import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { clipValues } from './node.ts';

const data = tableOf({ x: [-5, -0.5, 0, null, 0.5, 9], city: ['a', 'b', 'c', 'd', null, 'f'] });

export const cases = defineCases(clipValues, [
  {
    name: 'peaks become the threshold; missing values stay missing',
    inputs: { data },
    expect: { outputs: { data: tableOf({ x: [-5, -0.5, 0, null, 0.5, 1], city: ['a', 'b', 'c', 'd', null, 'f'] }) } },
  },
  {
    name: 'both sides, in new columns, with indicators',
    params: { clip: 'both', lowerSubstitute: 'missing', overwrite: false, indicator: true, columns: columnsNamed('x') },
    inputs: { data: tableOf({ x: [-5, 0, null, 9], x_clipped: [1, 2, 3, 4] }) },
    expect: {
      outputs: {
        data: tableOf({ x: [-5, 0, null, 9], x_clipped: [1, 2, 3, 4], x_Clipped_1: [null, 0, null, 1], x_IsClipped: [true, false, false, true] }),
      },
    },
  },
  {
    name: 'percentiles, mean and median are those of all values',
    params: { clip: 'both', threshold: 'percentile', lower: 25, upper: 75, lowerSubstitute: 'mean', upperSubstitute: 'median' },
    inputs: { data: tableOf({ n: [1, 2, 3, 4, 90] }, { n: { type: 'integer' } }) },
    expect: { outputs: { data: tableOf({ n: [20, 2, 3, 4, 3] }) } },
  },
  {
    name: 'a numeric label is left alone',
    inputs: { data: tableOf({ x: [3, 0], price: [10, 30] }, { price: { role: 'label' } }) },
    expect: { outputs: { data: tableOf({ x: [1, 0], price: [10, 30] }, { price: { role: 'label' } }) } },
  },
  { name: 'thresholds the wrong way round', params: { clip: 'both', lower: 2, upper: 1 }, inputs: { data }, expect: { issue: 'parameter_invalid' } },
  { name: 'no percentile', params: { threshold: 'percentile', upper: 101 }, inputs: { data }, expect: { issue: 'parameter_invalid' } },
  { name: 'text has no peaks', params: { columns: columnsNamed('city') }, inputs: { data }, expect: { issue: 'column_wrong_type' } },
]);
