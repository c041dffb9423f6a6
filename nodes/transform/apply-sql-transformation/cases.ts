import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { applySqlTransformation } from './node.ts';

const t1 = tableOf({ city: ['Oslo', 'Rome', 'Oslo'], sales: [2, 3, 5] });

export const cases = defineCases(applySqlTransformation, [
  { name: 'by default the first table', inputs: { t1 }, expect: { outputs: { data: t1 } } },
  {
    name: 'group and order',
    params: { script: 'SELECT city, sum(sales) AS total FROM t1 GROUP BY city ORDER BY total DESC;' },
    inputs: { t1 },
    expect: { outputs: { data: tableOf({ city: ['Oslo', 'Rome'], total: [7, 3] }) } },
  },
  {
    name: 'join two tables; categories and roles of columns stay',
    params: { script: 'SELECT t1.*, t2.country FROM t1 LEFT JOIN t2 USING (city) ORDER BY sales' },
    inputs: { t1: tableOf({ city: ['Oslo', 'Bern'], sales: [2, 1] }, { sales: { role: 'label' } }), t2: tableOf({ city: ['Oslo'], country: ['Norway'] }) },
    expect: { outputs: { data: tableOf({ city: ['Bern', 'Oslo'], sales: [1, 2], country: [null, 'Norway'] }, { sales: { role: 'label' } }) } },
  },
  {
    name: 'views before the last query',
    params: {
      script:
        "-- the large ones; and a text with a ';'\nCREATE VIEW large AS SELECT * FROM t1 WHERE sales > 2;\nCREATE TEMP VIEW named AS SELECT *, 'a;b' AS note FROM large;\nSELECT * FROM named",
    },
    inputs: { t1 },
    expect: { outputs: { data: tableOf({ city: ['Rome', 'Oslo'], sales: [3, 5], note: ['a;b', 'a;b'] }, { note: { type: 'text' } }) } },
  },
  { name: 'an empty script', params: { script: ' -- nothing\n' }, inputs: { t1 }, expect: { issue: 'parameter_missing' } },
  { name: 'a statement that changes a table', params: { script: 'DELETE FROM t1' }, inputs: { t1 }, expect: { issue: 'sql_refused' } },
  { name: 'a statement that writes a file', params: { script: "COPY t1 TO '/tmp/out.csv'; SELECT 1" }, inputs: { t1 }, expect: { issue: 'sql_refused' } },
  { name: 'a query that reads a file', params: { script: "SELECT * FROM read_csv('/etc/passwd')" }, inputs: { t1 }, expect: { issue: 'sql_refused' } },
  { name: 'a query that cannot be read', params: { script: 'SELECT FROM WHERE' }, inputs: { t1 }, expect: { issue: 'sql_invalid' } },
  { name: 'a column that is not there', params: { script: 'SELECT town FROM t1' }, inputs: { t1 }, expect: { issue: 'sql_invalid' } },
]);
