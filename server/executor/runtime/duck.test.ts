import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NodeError } from '#nodes/kit/issues.ts';
import { OPEN_TABLE, tableOf } from '#nodes/kit/table.ts';
import { SQL_ATTACKS_OF_RUNS, sqlAttacks } from '#test/support/sql-attacks.ts';
import { oneQuery } from './duck.ts';
import { DuckEngine } from './duck-engine.ts';
import { failureOf } from './failure.ts';
import { Workbench } from './workbench.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-duck-'));
const own = join(folder, 'own');
const secret = join(folder, 'secret.txt');
const controller = new AbortController();
let workbench: Workbench;

beforeAll(() => {
  mkdirSync(own);
  writeFileSync(secret, 'canary');
  symlinkSync(secret, join(own, 'link.txt'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const query = (sql: string) => workbench.rows(sql, {});

describe.each([
  ['of the step alone', () => undefined],
  ['that steps share', () => new DuckEngine(join(folder, 'shared'))],
])('in a database %s', (_, makeEngine) => {
  beforeAll(() => {
    workbench = new Workbench({
      outputFolder: own,
      scratchFolder: own,
      memoryBytes: 256 * 2 ** 20,
      files: [],
      engine: makeEngine(),
      signal: controller.signal,
    });
  });
  afterAll(() => workbench.close());

  describe('a query that people wrote', () => {
    it.each([...sqlAttacks({ folder, own, secret }), ...SQL_ATTACKS_OF_RUNS])('is refused when it %s', async (_what, sql) => {
      const { code, message } = await query(sql).then(
        (rows) => ({ code: 'none', message: JSON.stringify(rows) }),
        (error: unknown) => failureOf(error),
      );
      expect(['sql_refused', 'sql_invalid'], message).toContain(code);
      expect(message).not.toContain('canary');
      expect(message).not.toContain(folder);
    });

    it('lists no files outside', async () => {
      const rows = await query(`SELECT * FROM glob('${folder}/*')`).catch(() => []);
      expect(rows).toEqual([]);
    });

    it.each(['SELECT name, value FROM duckdb_settings()', 'SELECT * FROM duckdb_extensions()', 'SELECT * FROM duckdb_secrets()'])(
      'is not told by %s where the account of the server lives',
      async (sql) => {
        const answer = await query(sql).then(JSON.stringify, (error: unknown) => failureOf(error).message);
        expect(answer).not.toContain(homedir());
      },
    );

    it('may end with a semicolon or a comment', async () => {
      expect(await query('SELECT 1 AS a;')).toEqual([{ a: 1 }]);
      const table = await workbench.query('SELECT 1 AS a -- one', {}, OPEN_TABLE);
      expect(table.rowCount).toBe(1);
    });

    it('tells a slip of the pen as sql_invalid, with the place', async () => {
      const failure = await query('SELEC 1').catch(failureOf);
      expect(failure).toMatchObject({ code: 'sql_invalid', message: expect.stringContaining('SELEC') });
    });

    it('names two columns of one name', async () => {
      const error = await workbench.query('SELECT 1 AS a, 2 AS "A"', {}, OPEN_TABLE).catch((each: unknown) => each);
      expect(error).toBeInstanceOf(NodeError);
      expect((error as NodeError).code).toBe('column_duplicate');
    });

    it('ends at its memory limit with memory_exhausted', async () => {
      const failure = await query(`SELECT length(string_agg(repeat('x', 1000), '')) FROM range(10000000)`).catch(failureOf);
      expect(failure).toMatchObject({ code: 'memory_exhausted' });
    });

    it('draws the same random numbers each time', async () => {
      const sql = 'SELECT random() AS r FROM range(3)';
      expect(await query(sql)).toEqual(await query(sql));
    });
  });

  describe('an abort', () => {
    it('stops a query under way', async () => {
      const scratch = join(folder, 'stop');
      mkdirSync(scratch, { recursive: true });
      const stopper = new AbortController();
      const bench = new Workbench({
        outputFolder: scratch,
        scratchFolder: scratch,
        memoryBytes: 2 ** 28,
        files: [],
        engine: makeEngine(),
        signal: stopper.signal,
      });
      await bench.session();
      const running = bench.rows('SELECT count(*) FROM range(100000) a, range(10000000) b WHERE a.range * b.range % 7 = 3', {});
      setTimeout(() => stopper.abort(), 50);
      await expect(running).rejects.toThrow(/INTERRUPT/);
      await bench.close();
    });

    it('stops a query that begins after it', async () => {
      const scratch = join(folder, 'between');
      mkdirSync(scratch, { recursive: true });
      const stopper = new AbortController();
      const limits = { memoryBytes: 2 ** 28, engine: makeEngine(), signal: stopper.signal };
      const bench = new Workbench({ outputFolder: scratch, scratchFolder: scratch, files: [], ...limits });
      const session = await bench.session();
      const ENDLESS = 'SELECT count(*) FROM range(1000000) a, range(10000000) b WHERE a.range * b.range % 7 = 3';
      // As when a query has been described, and is not carried out yet.
      const stopped = session.withClean(async (connection) => {
        const { sql } = await oneQuery(connection, ENDLESS);
        stopper.abort();
        await new Promise(setImmediate);
        await connection.run(sql);
      });
      await expect(stopped).rejects.toThrow(/INTERRUPT/);
      await bench.close();
    });
  });

  describe('tables', () => {
    it('come back as they were written', async () => {
      const table = tableOf(
        { n: [1.5, null, -0.25], i: [3, null, -7], b: [true, null, false], c: ['x', null, 'y'], t: ['a\n"b"', '', null], d: [0, null, 1_700_000_000_123] },
        { i: { type: 'integer', role: 'id' }, t: { type: 'text' }, d: { type: 'datetime' }, c: { role: 'label' } },
      );
      const stored = await workbench.stored(table);
      expect(stored.schema).toEqual(table.schema);
      expect(await stored.read()).toEqual(await table.read());
      expect([...(await stored.read(['c', 'n'])).keys()]).toEqual(['c', 'n']);
    });

    it('keep long texts and many distinct ones', async () => {
      const texts = Array.from({ length: 10_000 }, (_, row) => (row % 100 === 7 ? null : `text ${row} ${'ø'.repeat(row % 50)}`));
      const stored = await workbench.stored(tableOf({ t: texts }, { t: { type: 'text' } }));
      expect((await stored.read()).get('t')).toEqual(texts);
      const category = await workbench.stored(tableOf({ t: texts }));
      expect((await category.read()).get('t')).toEqual(texts);
    });

    it('refuse values that do not fit their type', async () => {
      await expect(workbench.stored(tableOf({ i: [1, 2.5] }, { i: { type: 'integer' } }))).rejects.toThrow('"i" is integer, but holds 2.5');
      await expect(workbench.stored(tableOf({ b: [2] }, { b: { type: 'boolean' } }))).rejects.toThrow('"b" is boolean, but holds 2');
    });

    it('take types from the query, category and role from the schema', async () => {
      const source = tableOf({ k: ['x', 'y', 'x'], v: [1, 2, 3] }, { v: { type: 'integer' } });
      const schema = tableOf({ k: ['x'], total: [1], mean: [1] }, { k: { role: 'id' }, total: { type: 'text' } }).schema;
      const table = await workbench.query(
        'SELECT k, sum(v) AS total, avg(v) AS mean, count(*) AS extra, v > 1 AS flag FROM source GROUP BY k, v ORDER BY k, total DESC',
        { source },
        schema,
      );
      expect(table.schema.columns.map(({ name, type, role }) => `${name} ${type} ${role}`)).toEqual([
        'k category id',
        'total number feature',
        'mean number feature',
        'extra integer feature',
        'flag boolean feature',
      ]);
      expect((await table.read()).get('total')).toEqual(Float64Array.of(3, 1, 2));
    });

    it('hold not-a-number as missing', async () => {
      const table = await workbench.query(`SELECT 'NaN'::DOUBLE AS x UNION ALL SELECT 1.5`, {}, OPEN_TABLE);
      expect(table.schema.columns[0]!.nullable).toBe(true);
    });

    it('keep the order that a query asks for, through casts', async () => {
      const table = await workbench.query('SELECT CAST(range AS FLOAT) AS x FROM range(100000) ORDER BY x DESC', {}, OPEN_TABLE);
      const values = (await table.read()).get('x')!;
      expect([values[0], values[99_999]]).toEqual([99_999, 0]);
    });
  });
});
