import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { ASSIGNMENTS } from '../../kit/signature.ts';
import { tableOf } from '../../kit/table.ts';
import { dbscan } from './node.ts';

const data = tableOf({ x: [9, 0, 0.1, 0.2, 5, 5.1, 5.2, 2.5] });
const role = { [ASSIGNMENTS]: { role: 'score', type: 'integer' } } as const;

export const cases = defineCases(dbscan, [
  {
    name: 'two groups, counted in the order of rows, and two rows that belong to none',
    params: { normalize: false, minimumRows: 2 },
    inputs: { data },
    expect: { outputs: { data: tableOf({ x: [9, 0, 0.1, 0.2, 5, 5.1, 5.2, 2.5], [ASSIGNMENTS]: [-1, 0, 0, 0, 1, 1, 1, -1] }, role) } },
  },
  {
    name: 'a wide radius makes one group',
    params: { radius: 10 },
    inputs: { data },
    expect: { outputs: { data: tableOf({ x: [9, 0, 0.1, 0.2, 5, 5.1, 5.2, 2.5], [ASSIGNMENTS]: [0, 0, 0, 0, 0, 0, 0, 0] }, role) } },
  },
  { name: 'no rows', inputs: { data: tableOf({ x: [] }, { x: { type: 'number' } }) }, expect: { issue: 'rows_none' } },
  { name: 'a column that is not there', params: { columns: columnsNamed('z') }, inputs: { data }, expect: { issue: 'column_missing' } },
  { name: 'no feature', inputs: { data: tableOf({ id: ['a'] }, { id: { role: 'id' } }) }, expect: { issue: 'features_none' } },
]);
