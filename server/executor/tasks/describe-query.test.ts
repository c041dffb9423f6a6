import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { applySqlTransformation } from '#nodes/transform/apply-sql-transformation/node.ts';
import { tableOf, type Table } from '#nodes/kit/table.ts';
import { runNode } from '#test/support/run-node.ts';
import { sqlAttacks } from '#test/support/sql-attacks.ts';
import { newCrews } from '#nodes/kernels/kernel-crews.server.ts';
import { DuckEngine } from '../runtime/duck-engine.ts';
import { runTask } from './run-task.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-describe-'));
const own = join(folder, 'own');
const secret = join(folder, 'secret.txt');
mkdirSync(own);
writeFileSync(secret, 'canary');
symlinkSync(secret, join(own, 'link.txt'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kept = { engine: new DuckEngine(join(folder, 'engine')), crews: newCrews };
const t1 = tableOf(
  { city: ['Oslo'], sales: [1], 'unit price': [2], day: [0], note: ['x'], open: [true], count: [1], ['__proto__']: [1] },
  { sales: { role: 'label' }, day: { type: 'datetime' }, note: { type: 'text' }, count: { type: 'integer', role: 'id' } },
);
const ask = (sql: string, tables: Record<string, Table> = { t1 }) =>
  runTask(
    'describeQuery',
    { sql, inputs: Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, table.schema])) },
    new AbortController().signal,
    kept,
  );

/** What the node says of a script when DuckDB has been asked what it wants to know. */
async function infer(script: string, tables: { t1: Table; t2?: Table }) {
  const inputs = { t1: tables.t1.schema, ...(tables.t2 && { t2: tables.t2.schema }) };
  const answers = new Map<string, Awaited<ReturnType<typeof ask>>>();
  const look = () => {
    let wanted: string | undefined;
    const query = (sql: string) => answers.get(sql) ?? ((wanted = sql), undefined);
    return { found: applySqlTransformation.infer(inputs, { script }, { dataset: () => undefined, file: () => undefined, query }), wanted };
  };
  const { wanted } = look();
  if (wanted !== undefined) answers.set(wanted, await ask(wanted, { ...tables }));
  return look().found;
}

describe('the check of a query without data', () => {
  it.each([
    'SELECT * FROM t1',
    'SELECT city, sum(sales) AS sales, count(*) AS n, avg("unit price") AS mean, min(day) AS first, bool_or(open) AS any FROM t1 GROUP BY city',
    "SELECT t1.*, upper(note) AS shout, day + INTERVAL 1 DAY AS next, CAST(sales AS DECIMAL(10, 2)) AS exact, [sales] AS list, DATE '2024-01-01' AS d FROM t1",
    'CREATE VIEW large AS SELECT * FROM t1 WHERE sales > 0; SELECT t2.country, large.city FROM large LEFT JOIN t2 USING (city)',
    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i, sales FROM n, t1',
  ])('gives the columns that a run gives: %s', async (script) => {
    const t2 = tableOf({ city: ['Oslo'], country: ['Norway'] });
    const { outputs, issues } = await infer(script, { t1, t2 });
    const ran = (await runNode(applySqlTransformation, { t1, t2 }, { script })).outputs.data as Table;
    expect(issues).toEqual([]);
    expect(outputs.data!.open).toBe(false);
    const plain = ({ name, type, role }: { name: string; type: string; role: string }) => `${name} ${type} ${role}`;
    expect(outputs.data!.columns.map(plain)).toEqual(ran.schema.columns.map(plain));
  });

  it.each([
    ['SELECT city,\n  town FROM t1', 'town', 'Line 2, column 3: There is no column “town”. There is “'],
    ["-- a comment; with 'things'\nSELECT /* 😀 */ '日本語', town FROM t1", 'town', 'Line 2, column '],
    ['CREATE VIEW a AS SELECT sales FROM t1;\nCREATE VIEW b AS\n  SELECT town FROM a;\nSELECT * FROM b', 'town', 'Line 3, column 10: '],
    ['WITH a AS (SELECT 1)\nSELECT * FROM t9', 't9', 'Line 2, column 15: There is no table “t9”. Did you mean “t1”?'],
    ['SELEC 1 FROM t1', 'SELEC', ''],
    [`SELECT ${'sales, '.repeat(40)}town, ${'sales, '.repeat(40)}1 FROM t1`, 'town', 'Line 1, column 288: '],
    ['SELECT sales +', '+', 'Line 1, column 14: syntax error at end of input'],
  ])('tells where a query is wrong: %j', async (script, word, message) => {
    const { issues } = await infer(script, { t1 });
    expect(issues).toHaveLength(1);
    expect(issues[0]!.message).toContain(message);
    if (issues[0]!.range) expect(script.slice(issues[0]!.range.from, issues[0]!.range.to)).toBe(word);
    else expect(issues[0]!.code).toBe('sql_refused');
  });

  it('offers the name that was meant', async () => {
    const fixOf = async (script: string) => (await infer(script, { t1 })).issues[0]!.fix;
    expect(await fixOf('SELECT citty FROM t1')).toEqual({ title: 'Use city', set: { script: 'SELECT city FROM t1' } });
    expect(await fixOf('SELECT unit FROM t1')).toEqual({ title: 'Use unit price', set: { script: 'SELECT "unit price" FROM t1' } });
    expect(await fixOf('SELECT lenth(city) FROM t1')).toEqual({ title: 'Use length', set: { script: 'SELECT length(city) FROM t1' } });
    expect(await fixOf('SELECT town FROM t1')).toBeUndefined();
  });

  it('refuses two columns of one name, as a run does', async () => {
    expect(await ask('SELECT 1 AS a, 2 AS "A"')).toMatchObject({ code: 'column_duplicate' });
  });

  it('does not execute the query', async () => {
    expect(await ask("SELECT CAST(i AS VARCHAR) AS i, error('never') AS e FROM range(1000000000000) r(i) ORDER BY i")).toMatchObject({
      columns: [{ name: 'i', type: 'text' }, { name: 'e' }],
    });
  });

  it('leaves nothing behind for the next query', async () => {
    await ask('SELECT * FROM t2', { t2: t1 });
    expect(await ask('SELECT * FROM t2')).toMatchObject({ code: 'sql_invalid' });
  });

  it.each(sqlAttacks({ folder, own, secret }))('refuses a query that %s', async (_what, sql) => {
    const answer = await ask(sql);
    expect(answer).toMatchObject({ code: expect.stringMatching(/^sql_(refused|invalid)$/) });
    expect(JSON.stringify(answer)).not.toContain('canary');
    expect(JSON.stringify(answer)).not.toContain(folder);
    for (const name of ['out.csv', 'x.db', 'export', 'p.json']) expect(existsSync(join(folder, name))).toBe(false);
  });
});
