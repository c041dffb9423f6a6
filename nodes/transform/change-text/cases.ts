import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { changeText } from './node.ts';

const data = tableOf({ city: ['  new  york\u00a0', 'ÉVORA-o’neil', null, ''], n: [1, 2, 3, 4] }, { city: { type: 'text' } });
const texts = { city: { type: 'text', nullable: true } } as const;

export const cases = defineCases(changeText, [
  { name: 'trim', inputs: { data }, expect: { outputs: { data: tableOf({ city: ['new  york', 'ÉVORA-o’neil', null, ''], n: [1, 2, 3, 4] }, texts) } } },
  {
    name: 'collapse spaces',
    params: { operation: 'collapse' },
    inputs: { data },
    expect: { outputs: { data: tableOf({ city: ['new york', 'ÉVORA-o’neil', null, ''], n: [1, 2, 3, 4] }, texts) } },
  },
  {
    name: 'title case, of a category too',
    params: { operation: 'title', columns: columnsNamed('city') },
    inputs: { data: tableOf({ city: ['new  YORK', 'éVORA-o’neil', null, '2ND st'] }) },
    expect: { outputs: { data: tableOf({ city: ['New  York', 'Évora-O’neil', null, '2nd St'] }) } },
  },
  {
    name: 'upper case',
    params: { operation: 'upper', columns: columnsNamed('city') },
    inputs: { data: tableOf({ city: ['new York', 'évora'] }) },
    expect: { outputs: { data: tableOf({ city: ['NEW YORK', 'ÉVORA'] }) } },
  },
  {
    name: 'replace takes the text as it is',
    params: { operation: 'replace', find: '.', replacement: "'" },
    inputs: { data: tableOf({ t: ['1.000.', 'x'] }, { t: { type: 'text' } }) },
    expect: { outputs: { data: tableOf({ t: ["1'000'", 'x'] }, { t: { type: 'text' } }) } },
  },
  {
    name: 'replace by regular expression, with groups',
    params: { operation: 'replace-expression', find: '(?i)(\\w+) KM', replacement: '\\1 kilometres' },
    inputs: { data: tableOf({ t: ['5 km, 7 Km'] }, { t: { type: 'text' } }) },
    expect: { outputs: { data: tableOf({ t: ['5 kilometres, 7 kilometres'] }, { t: { type: 'text' } }) } },
  },
  {
    name: 'extract into a new column',
    params: { operation: 'extract', find: '-(\\d+)' },
    inputs: { data: tableOf({ code: ['AB-12', 'none', null] }, { code: { type: 'text' } }) },
    expect: {
      outputs: {
        data: tableOf({ code: ['AB-12', 'none', null], 'code-extracted': ['12', null, null] }, { code: { type: 'text' }, 'code-extracted': { type: 'text' } }),
      },
    },
  },
  { name: 'nothing to find', params: { operation: 'replace' }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'brackets that do not close', params: { operation: 'extract', find: '(a' }, inputs: { data }, expect: { issue: 'parameter_invalid' } },
  { name: 'what RE2 does not know', params: { operation: 'extract', find: 'a(?=b)' }, inputs: { data }, expect: { issue: 'parameter_invalid' } },
  { name: 'numbers', params: { columns: columnsNamed('city', 'n') }, inputs: { data }, expect: { issue: 'column_wrong_type' } },
]);
