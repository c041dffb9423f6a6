import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { windowFunctions } from './node.ts';

const columns = { city: ['a', 'b', 'a', 'a', 'b'], day: [3, 1, 1, 2, 2], sold: [40, 5, 10, null, 15] };
const data = tableOf(columns);
const byDay = { partitionBy: columnsNamed('city'), orderBy: [{ column: 'day' }] };
const integer = { type: 'integer', nullable: true } as const;

export const cases = defineCases(windowFunctions, [
  {
    name: 'earlier and later values of each group; rows keep their order',
    params: {
      ...byDay,
      functions: [
        { column: 'sold' },
        { function: 'lead', column: 'city', offset: 2 },
        { function: 'difference', column: 'day' },
        { function: 'percentChange', column: 'day', name: 'change' },
      ],
    },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf({
          ...columns,
          sold_lag_1: [null, null, null, 10, 5],
          city_lead_2: [null, null, 'a', null, null],
          day_difference_1: [1, null, null, 1, 1],
          change: [50, null, null, 100, 100],
        }),
      },
    },
  },
  {
    name: 'moving and running figures pass over missing values',
    params: {
      ...byDay,
      functions: [
        { function: 'rollingSum', column: 'sold', size: 2 },
        { function: 'rollingMean', column: 'sold', size: 3, fewest: 2 },
        { function: 'rollingCount', size: 2 },
        { function: 'cumulativeSum', column: 'sold' },
        { function: 'cumulativeCount', column: 'sold' },
        { function: 'groupStandardDeviation', column: 'sold' },
        { function: 'lastKnown', column: 'sold' },
      ],
    },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf(
          {
            ...columns,
            sold_rolling_sum_2: [40, 5, 10, 10, 20],
            sold_rolling_mean_3: [25, null, null, null, 10],
            rolling_count_2: [2, 1, 1, 2, 2],
            sold_cumulative_sum: [50, 5, 10, 10, 20],
            sold_cumulative_count: [2, 1, 1, 1, 2],
            sold_group_sd: [Math.sqrt(450), Math.sqrt(50), Math.sqrt(450), Math.sqrt(450), Math.sqrt(50)],
            sold_last_known: [40, 5, 10, 10, 15],
          },
          { rolling_count_2: integer, sold_cumulative_count: integer },
        ),
      },
    },
  },
  {
    name: 'ranks: equal rows have equal ranks, but numbers and tiles of their own',
    params: {
      orderBy: [{ column: 'day', direction: 'descending' }],
      functions: [
        { function: 'rank' },
        { function: 'denseRank' },
        { function: 'percentRank' },
        { function: 'rowNumber' },
        { function: 'tile', tiles: 2 },
        { function: 'first', column: 'city' },
      ],
    },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf(
          {
            ...columns,
            rank: [1, 4, 4, 2, 2],
            dense_rank: [1, 3, 3, 2, 2],
            percent_rank: [0, 0.75, 0.75, 0.25, 0.25],
            row_number: [1, 4, 5, 2, 3],
            tile_of_2: [1, 2, 2, 1, 1],
            city_first: ['a', 'a', 'a', 'a', 'a'],
          },
          { rank: integer, dense_rank: integer, row_number: integer, tile_of_2: integer },
        ),
      },
    },
  },
  {
    name: 'a name that the table has is counted on',
    params: { functions: [{ function: 'rowNumber' }, { function: 'rowNumber' }] },
    inputs: { data: tableOf({ Row_Number: [7, 8] }) },
    expect: {
      outputs: { data: tableOf({ Row_Number: [7, 8], row_number_1: [1, 2], row_number_2: [1, 2] }, { row_number_1: integer, row_number_2: integer }) },
    },
  },
  { name: 'a rank without an order', params: { functions: [{ function: 'rank' }] }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  {
    name: 'the moving mean of a text',
    params: { functions: [{ function: 'rollingMean', column: 'city' }] },
    inputs: { data },
    expect: { issue: 'column_wrong_type' },
  },
  { name: 'a column that is not there', params: { functions: [{ column: 'sales' }] }, inputs: { data }, expect: { issue: 'column_missing' } },
  { name: 'a name that is taken', params: { functions: [{ column: 'sold', name: 'Day' }] }, inputs: { data }, expect: { issue: 'column_duplicate' } },
  { name: 'a function without a column', params: { functions: [{}] }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'nothing to do', params: {}, inputs: { data }, expect: { issue: 'parameter_missing' } },
]);
