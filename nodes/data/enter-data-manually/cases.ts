import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { enterDataManually } from './node.ts';

export const cases = defineCases(enterDataManually, [
  {
    name: 'CSV with a header',
    params: { data: 'age,member,since\n31,true,2020-01-02\n,false,2021-03-04\n' },
    expect: {
      outputs: {
        data: tableOf(
          { age: [31, null], member: [true, false], since: [Date.UTC(2020, 0, 2), Date.UTC(2021, 2, 4)] },
          { age: { type: 'integer' }, since: { type: 'datetime' } },
        ),
      },
    },
  },
  {
    name: 'TSV without a header',
    params: { format: 'tsv', hasHeader: false, data: '1.5\tOslo\n2\tRome' },
    expect: { outputs: { data: tableOf({ Col1: [1.5, 2], Col2: ['Oslo', 'Rome'] }, { Col2: { type: 'text' } }) } },
  },
  {
    name: 'Few distinct texts make a category',
    params: { data: 'city\nOslo\nRome\nOslo\nRome\nOslo' },
    expect: { outputs: { data: tableOf({ city: ['Oslo', 'Rome', 'Oslo', 'Rome', 'Oslo'] }) } },
  },
  {
    name: 'Quotes, delimiters and line breaks inside a cell',
    params: { data: 'text\n"a, ""b""\nc"\n' },
    expect: { outputs: { data: tableOf({ text: ['a, "b"\nc'] }, { text: { type: 'text' } }) } },
  },
  {
    name: 'ARFF',
    params: { format: 'arff', data: "@relation r\n@attribute x numeric\n@attribute 'eye color' {blue, brown}\n@data\n1,blue\n?,'brown'" },
    expect: { outputs: { data: tableOf({ x: [1, null], 'eye color': ['blue', 'brown'] }) } },
  },
  {
    name: 'SVMLight',
    params: { format: 'svmlight', data: '1 1:0.5 3:2 # first\n-1 2:1' },
    expect: {
      outputs: {
        data: tableOf({ Col1: [0.5, 0], Col2: [0, 1], Col3: [2, 0], Labels: [1, -1] }, { Col2: { type: 'integer' }, Col3: { type: 'integer' }, Labels: { type: 'integer' } }),
      },
    },
  },
  { name: 'nothing entered', expect: { issue: 'parameter_missing' } },
  { name: 'a line with too many cells', params: { data: 'a,b\n1,2\n1,2,3' }, expect: { issue: 'data_unparsable' } },
  { name: 'a quote that is never closed', params: { data: 'a\n"open' }, expect: { issue: 'data_unparsable' } },
]);
