/** Orders and customers with gaps, joined, queried and shaped: what pictures and tests of the designer look at. */
export function joinPipeline(): Record<string, unknown> {
  const cities = ['Oslo', 'Rome', 'Bern', 'Paris'];
  const orders = Array.from({ length: 400 }, (_, row) => {
    const gap = row >= 120 && row < 200;
    return `${row + 1},${row % 7 === 0 ? '' : `c${row % 90}`},${gap ? '' : (row * 37) % 500},${gap || row % 11 === 0 ? '' : (row % 13) / 4},${cities[row % 4]}`;
  });
  const later = Array.from(
    { length: 420 },
    (_, row) => `${row + 1},c${row % 90},${((row * 37) % 500) + (row % 5 === 0 ? 120 : 0)},${(row % 13) / 4},${cities[row % 3]},${row % 2 === 0}`,
  );
  const customers = Array.from({ length: 60 }, (_, row) => `c${row + 40},${['Norway', 'Italy', 'Malta'][row % 3]},${1950 + row}`);
  const table = (id: string, head: string, lines: readonly string[]) => ({
    id,
    type: 'enter-data-manually',
    version: 1,
    name: id,
    params: { data: `${head}\n${lines.join('\n')}\n` },
  });
  const node = (id: string, type: string, params: Record<string, unknown> = {}) => ({ id, type, version: 1, params });
  const wire = (from: string, to: string, into = 'data') => ({ from: { node: from, port: 'data' }, to: { node: to, port: into } });
  return {
    ...{ formatVersion: 1, kind: 'training', name: 'Orders', description: '', parameters: [], notes: [] },
    nodes: [
      table('Orders', 'id,customer,amount,unit price,city', orders),
      table('Later', 'id,customer,amount,unit price,city,paid', later),
      table('Customers', 'customer,country,born', customers),
      node('join', 'join-data'),
      node('sql', 'apply-sql-transformation', { script: 'SELECT city, sum(amount) AS total\nFROM t1\nGROUP BY city' }),
      node('pick', 'select-columns-in-dataset', { columns: { mode: 'names', names: ['total'] } }),
      node('group', 'group-and-aggregate', {
        groupBy: { mode: 'names', names: ['city'] },
        aggregations: [{}, { function: 'mean', column: 'amount' }, { function: 'sum', column: 'gone' }],
      }),
      node('sort', 'sort', { by: [{ column: 'amount', direction: 'descending' }, { column: 'city' }] }),
      node('filter', 'filter-rows', {
        conditions: [
          { column: 'amount', operator: 'greater', value: '100' },
          { column: 'city', operator: 'oneOf', value: 'Oslo, Bern' },
        ],
      }),
      node('derive', 'derive-column', { name: 'cost', expression: 'amount * [unit price] + lenth(city)' }),
    ],
    edges: [
      wire('Orders', 'join', 'left'),
      wire('Customers', 'join', 'right'),
      wire('Orders', 'sql', 't1'),
      wire('sql', 'pick'),
      wire('Orders', 'group'),
      wire('Orders', 'sort'),
      wire('Orders', 'filter'),
      wire('Orders', 'derive'),
    ],
    layout: {
      ...{ Orders: [0, 0], Later: [900, 0], Customers: [300, 0], join: [150, 140], sql: [-150, 140], pick: [-150, 280] },
      ...{ group: [450, 140], sort: [700, 140], filter: [450, 280], derive: [700, 280] },
    },
  };
}
