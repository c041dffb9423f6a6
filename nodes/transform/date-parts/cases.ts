import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { dateParts } from './node.ts';

const times = [Date.UTC(2024, 1, 29, 23, 59, 30), Date.UTC(1969, 11, 28, 0, 0, 0, 500), null];
const at = { at: { type: 'datetime' } } as const;
const data = tableOf({ at: times, n: [1, 2, 3] }, at);
const whole = { type: 'integer', nullable: true } as const;
const angle = (2 * Math.PI) / 12;

export const cases = defineCases(dateParts, [
  {
    name: 'by default year, month, day, weekday and hour',
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf(
          {
            at: times,
            n: [1, 2, 3],
            'at-year': [2024, 1969, null],
            'at-month': [2, 12, null],
            'at-day': [29, 28, null],
            'at-weekday': [4, 7, null],
            'at-hour': [23, 0, null],
          },
          { ...at, 'at-year': whole, 'at-month': whole, 'at-day': whole, 'at-weekday': whole, 'at-hour': whole },
        ),
      },
    },
  },
  {
    name: 'all others, in place of the column',
    params: {
      year: false,
      month: false,
      day: false,
      weekday: false,
      hour: false,
      quarter: true,
      week: true,
      minute: true,
      weekend: true,
      unix: true,
      overwrite: true,
    },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf(
          {
            n: [1, 2, 3],
            'at-quarter': [1, 4, null],
            'at-week': [9, 52, null],
            'at-minute': [59, 0, null],
            'at-weekend': [false, true, null],
            'at-unix': [1_709_251_170, -345_600, null],
          },
          { 'at-quarter': whole, 'at-week': whole, 'at-minute': whole, 'at-unix': whole },
        ),
      },
    },
  },
  {
    name: 'sine and cosine',
    params: { year: false, day: false, weekday: false, hour: false, cyclic: true, overwrite: true },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf(
          {
            n: [1, 2, 3],
            'at-month': [2, 12, null],
            'at-month-sin': [Math.sin(angle), Math.sin(-angle), null],
            'at-month-cos': [Math.cos(angle), Math.cos(angle), null],
          },
          { 'at-month': whole },
        ),
      },
    },
  },
  { name: 'no part', params: { year: false, month: false, day: false, weekday: false, hour: false }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'a number is no date', params: { columns: { mode: 'names', names: ['n'] } }, inputs: { data }, expect: { issue: 'column_wrong_type' } },
  { name: 'a table without dates', inputs: { data: tableOf({ n: [1] }) }, expect: { issue: 'columns_none' } },
]);
