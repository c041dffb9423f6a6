import { expect, it } from 'vitest';
import { truthsOfCsv, truthsToFillIn } from './truths.ts';

const row = (requestId: string, at: number, truth: string | null) => ({
  requestId,
  row: at,
  deployment: 'v1',
  at: '2026-03-01T10:00:00.000Z',
  milliseconds: 1,
  input: { tenure: 2 },
  output: { 'Scored Labels': 'Yes' },
  truth,
});

it('reads back what was filled in, and nothing where it was not', () => {
  const csv = truthsToFillIn([row('a', 0, 'No'), row('b', 1, null)]);
  expect(truthsOfCsv(csv, false)).toEqual([{ requestId: 'a', row: 0, value: 'No' }]);
  expect(truthsOfCsv(csv.replace('Yes,\n', 'Yes,"Yes, late"\n'), false)[1]).toEqual({ requestId: 'b', row: 1, value: 'Yes, late' });
});

it('gives spreadsheets no formula that a request brought, and knows the request again', () => {
  const csv = truthsToFillIn([row('=cmd|x', 0, '-5 and below')]);
  expect(csv).toContain("'=cmd|x,0,");
  expect(truthsOfCsv(csv, false)).toEqual([{ requestId: '=cmd|x', row: 0, value: '-5 and below' }]);
});

it('says what is missing, and where', () => {
  expect(() => truthsOfCsv('id,value\n1,2', false)).toThrow('There is no column request_id and truth.');
  expect(() => truthsOfCsv('request_id,row,truth\na,first,1', false)).toThrow('Line 2: “first” is no number of a row.');
  expect(() => truthsOfCsv('request_id,truth\na,1\nb,high', true)).toThrow('Line 3: the truth “high” is not a number.');
  expect(() => truthsOfCsv('request_id,truth\na,', true)).toThrow('No row has a truth.');
});
