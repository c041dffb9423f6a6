import { expect, it } from 'vitest';
import { finishedRun } from '#test/support/client.ts';
import { startedServer } from '#test/support/server.ts';
import { contentOf, rowsOf } from '#test/support/table-chain.ts';

const { client } = await startedServer();

const named = (...names: string[]) => ({ mode: 'names', names });
/** Neighbours that float64 holds for one, and the ends of 64 bits. */
const [NEXT, BELOW, MOST, LEAST] = ['9007199254740993', '9007199254740992', '9223372036854775807', '-9223372036854775808'];
const SOURCE = `SELECT id, n FROM (VALUES (1, ${NEXT}::BIGINT), (2, ${BELOW}::BIGINT), (3, ${NEXT}::BIGINT), (4, ${MOST}::BIGINT), (5, ('${LEAST}')::BIGINT), (6, NULL::BIGINT)) AS t(id, n), t1 WHERE t1.one = 1`;

/** What each node makes of the numbers, as text in the order of its rows. */
const NODES: readonly (readonly [id: string, type: string, params: object, port: string, wanted: string, rows: readonly (string | null)[]])[] = [
  ['select', 'select-columns-in-dataset', { columns: named('n') }, 'data', 'n', [NEXT, BELOW, NEXT, MOST, LEAST, null]],
  ['sorted', 'sort', { by: [{ column: 'n', direction: 'descending', missing: 'last' }] }, 'data', 'n', [MOST, NEXT, NEXT, BELOW, LEAST, null]],
  ['distinct', 'remove-duplicate-rows', { keys: named('n') }, 'data', 'n', [NEXT, BELOW, MOST, LEAST, null]],
  ['filtered', 'filter-rows', { conditions: [{ column: 'id', operator: 'less', value: '3' }] }, 'data', 'n', [NEXT, BELOW]],
  [
    'grouped',
    'group-and-aggregate',
    { groupBy: named('n'), aggregations: [{}] },
    'data',
    `n || ' ' || count`,
    [`${NEXT} 2`, `${BELOW} 1`, `${MOST} 1`, `${LEAST} 1`, null],
  ],
  [
    'figures',
    'group-and-aggregate',
    { aggregations: ['minimum', 'maximum', 'first', 'mode', 'countDistinct'].map((name) => ({ function: name, column: 'n' })) },
    'data',
    `concat_ws(' ', n_min, n_max, n_first, n_mode, n_count_distinct)`,
    [`${LEAST} ${MOST} ${NEXT} ${NEXT} 4`],
  ],
  [
    'lagged',
    'window-functions',
    { orderBy: [{ column: 'id' }], functions: [{ function: 'lag', column: 'n' }] },
    'data',
    'n_lag_1',
    [null, NEXT, BELOW, NEXT, MOST, LEAST],
  ],
  [
    'pivoted',
    'pivot-data',
    { rows: named('n'), column: 'id', aggregations: [{ function: 'first', column: 'n' }] },
    'data',
    'n',
    [NEXT, BELOW, MOST, LEAST, null],
  ],
  ['unpivoted', 'unpivot-data', { ids: named('id') }, 'data', 'value', [NEXT, BELOW, NEXT, MOST, LEAST, null]],
  ['derived', 'derive-column', { name: 'm', expression: 'id + 1' }, 'data', 'n', [NEXT, BELOW, NEXT, MOST, LEAST, null]],
  ['sampled', 'partition-and-sample', { mode: 'sampling', rate: 1, replacement: false }, 'data', 'n', [NEXT, BELOW, NEXT, MOST, LEAST, null]],
  ['split', 'split-data', { fraction: 1 }, 'first', 'n', [NEXT, BELOW, NEXT, MOST, LEAST, null]],
  ['text', 'edit-metadata', { columns: named('n'), dataType: 'string' }, 'data', 'n', [NEXT, BELOW, NEXT, MOST, LEAST, null]],
];

it('whole numbers beyond float64 keep their last digit through the nodes that shape tables', async () => {
  const node = (id: string, type: string, params: object) => ({ id, type, version: 1, params });
  const wire = (from: string, port: string, to: string, into: string) => ({ from: { node: from, port }, to: { node: to, port: into } });
  const nodes = [node('one', 'enter-data-manually', { data: 'one\n1\n' }), node('source', 'apply-sql-transformation', { script: SOURCE })];
  const edges = [wire('one', 'data', 'source', 't1')];
  const shown = (id: string, port: string, wanted: string): void => {
    nodes.push(node(`${id}-shown`, 'apply-sql-transformation', { script: `SELECT CAST(${wanted} AS VARCHAR) AS shown FROM t1` }));
    edges.push(wire(id, port, `${id}-shown`, 't1'));
  };
  for (const [id, type, params, port, wanted] of NODES) {
    nodes.push(node(id, type, params));
    edges.push(wire('source', 'data', id, 'data'));
    shown(id, port, wanted);
  }
  nodes.push(node('joined', 'join-data', { leftKeys: named('n'), rightKeys: named('n'), joinType: 'inner' }));
  edges.push(wire('source', 'data', 'joined', 'left'), wire('distinct', 'data', 'joined', 'right'));
  shown('joined', 'data', 'n_1');
  nodes.push(node('under', 'add-rows', {}));
  edges.push(wire('distinct', 'data', 'under', 'first'), wire('filtered', 'data', 'under', 'second'));
  shown('under', 'data', 'n');
  nodes.push(node('csv', 'convert-to-csv', {}));
  edges.push(wire('select', 'data', 'csv', 'data'));

  const { id } = await client.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name: 'Digits', nodes, edges } });
  const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, {})).id);
  expect(run.steps.filter(({ error }) => error).map(({ node: failed, error }) => [failed, error])).toEqual([]);
  const output = (of: string): string => run.steps.find((step) => step.node === of)!.outputs[0]!.hash;
  const found = async (of: string): Promise<unknown[]> => (await rowsOf(client, output(`${of}-shown`))).map(([cell]) => cell);
  for (const [of, , , , , rows] of NODES) expect(await found(of), of).toEqual(rows);
  expect((await rowsOf(client, output('source'))).map(([, cell]) => cell)).toEqual([NEXT, BELOW, NEXT, MOST, LEAST, null]);
  expect(await found('joined')).toEqual([NEXT, BELOW, NEXT, MOST, LEAST]);
  expect(await found('under')).toEqual([NEXT, BELOW, MOST, LEAST, null, NEXT, BELOW]);
  expect(await contentOf(client, `/artifacts/${output('csv')}/content`)).toBe(`n\r\n${[NEXT, BELOW, NEXT, MOST, LEAST].join('\r\n')}\r\n""\r\n`);
});
