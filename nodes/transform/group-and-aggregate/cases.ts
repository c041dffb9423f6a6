import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { groupAndAggregate } from './node.ts';

const data = tableOf({ city: ['Oslo', 'Rome', 'Oslo', null, 'Rome'], delay: [4, 1, 8, 2, null], late: [true, false, true, false, false] });
const integer = { type: 'integer' } as const;

export const cases = defineCases(groupAndAggregate, [
  {
    name: 'groups in the order in which they first appear; a missing key is a group',
    params: {
      groupBy: columnsNamed('city'),
      aggregations: [{}, { column: 'delay' }, { function: 'sum', column: 'delay', name: 'total' }, { function: 'mean', column: 'delay' }],
    },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf(
          { city: ['Oslo', 'Rome', null], count: [2, 2, 1], delay_count: [2, 1, 1], total: [12, 1, 2], delay_mean: [6, 1, 2] },
          { count: integer, delay_count: integer },
        ),
      },
    },
  },
  {
    name: 'spread, order and share of missing',
    params: {
      groupBy: columnsNamed('city'),
      aggregations: [
        { function: 'standardDeviation', column: 'delay' },
        { function: 'variance', column: 'delay' },
        { function: 'median', column: 'delay' },
        { function: 'quantile', column: 'delay', quantile: 0.25 },
        { function: 'minimum', column: 'delay' },
        { function: 'maximum', column: 'delay' },
        { function: 'missingShare', column: 'delay' },
      ],
    },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf(
          {
            city: ['Oslo', 'Rome', null],
            delay_sd: [Math.sqrt(8), null, null],
            delay_variance: [8, null, null],
            delay_median: [6, 1, 2],
            delay_quantile: [5, 1, 2],
            delay_min: [4, 1, 2],
            delay_max: [8, 1, 2],
            delay_missing_share: [0, 0.5, 0],
          },
          { delay_sd: { nullable: true } },
        ),
      },
    },
  },
  {
    name: 'all rows as one; first, last and mode pass over missing values',
    params: {
      aggregations: [
        { function: 'first', column: 'city' },
        { function: 'last', column: 'delay' },
        { function: 'mode', column: 'city' },
        { function: 'countDistinct', column: 'city' },
        { function: 'sum', column: 'late' },
      ],
    },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf(
          { city_first: ['Oslo'], delay_last: [2], city_mode: ['Oslo'], city_count_distinct: [2], late_sum: [2] },
          { city_count_distinct: integer, late_sum: integer },
        ),
      },
    },
  },
  {
    name: 'no figures: the groups alone',
    params: { groupBy: columnsNamed('late') },
    inputs: { data },
    expect: { outputs: { data: tableOf({ late: [true, false] }) } },
  },
  {
    name: 'the mean of a text',
    params: { aggregations: [{ function: 'mean', column: 'city' }] },
    inputs: { data },
    expect: { issue: 'column_wrong_type' },
  },
  {
    name: 'a column that is not there',
    params: { aggregations: [{ function: 'mean', column: 'delays' }] },
    inputs: { data },
    expect: { issue: 'column_missing' },
  },
  {
    name: 'the same name twice',
    params: { groupBy: columnsNamed('city'), aggregations: [{ name: 'City' }] },
    inputs: { data },
    expect: { issue: 'column_duplicate' },
  },
  { name: 'a function without a column', params: { aggregations: [{ function: 'sum' }] }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'nothing to do', params: {}, inputs: { data }, expect: { issue: 'parameter_missing' } },
]);
