import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { column } from '#nodes/kit/table.ts';
import { postgresqlMissing, startPostgresql, type PostgresqlServer } from '#test/support/postgresql.ts';
import { collectRows, rowsOf } from '#test/support/rows.ts';
import { writesOnce } from '#test/support/writes-once.ts';
import type { OpenConnection } from '../kind.ts';
import { postgresql } from './postgresql.ts';

if (postgresqlMissing) console.log(postgresqlMissing);

describe.skipIf(postgresqlMissing)('PostgreSQL', () => {
  let server: PostgresqlServer;
  let admin: pg.Client;
  let connection: OpenConnection;
  const settingsOf = (more: Record<string, unknown> = {}) =>
    postgresql.settings.parse({ host: server.host, port: server.port, database: server.database, user: server.user, encryption: 'none', ...more });
  const open = (
    more: Record<string, unknown> = {},
    {
      password = server.password,
      allowedHosts = ['127.0.0.1', 'localhost'],
      signal = new AbortController().signal,
      stepId = undefined as string | undefined,
    } = {},
  ) => postgresql.open(settingsOf(more), { password }, { signal, allowedHosts, allowedFolders: [], stepId });
  const read = async (source: string, after?: { column: string; value: string | null }) =>
    collectRows(await connection.rows!.read(/^SELECT/.test(source) ? { query: source } : { table: source }, { batchRows: 10_000, after }));
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => expect.unreachable('It should have failed.'),
      (error: Error) => error,
    );

  beforeAll(async () => {
    server = await startPostgresql();
    admin = new pg.Client(server);
    await admin.connect();
    await admin.query(`
      CREATE TABLE numbers AS SELECT i AS id, i * 0.5 AS half, 'row ' || i AS name, timestamp '2024-01-01' + i * interval '1 second' AS at FROM generate_series(1, 100000) AS i;
      CREATE TYPE mood AS ENUM ('calm', 'mad');
      CREATE TABLE types (
        "int2" int2, "int4" int4, "int8" int8, "numeric" numeric(30, 10), "float4" float4, "float8" float8, "bool" bool, "text" text, "varchar" varchar(20), "char" char(5),
        "mood" mood, "date" date, "timestamp" timestamp, "timestamptz" timestamptz, "time" time, "interval" interval, "json" json, "uuid" uuid, "bytea" bytea, "array" int[]);
      INSERT INTO types VALUES
        (-1, 2147483647, 9223372036854775807, 12345.6789, 1.5, 0.1, true, '', 'it''s', 'ab', 'mad', '2024-02-29', '2024-02-29 12:34:56.123987', '2024-02-29 12:34:56.123987+02',
         '01:02:03', '1 day', '{"a": [1]}', '00000000-0000-0000-0000-000000000001', '\\x00ff', '{1,NULL}'),
        (NULL, 0, 9007199254740992, 'NaN', 'NaN', '-Infinity', false, '☃ "😀" \\', NULL, NULL, 'calm', 'infinity', '-infinity', '0044-03-15 00:00:00+00 BC', NULL, NULL, NULL, NULL, NULL, NULL),
        (NULL, NULL, NULL, NULL, 'Infinity', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '12024-01-01', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
      CREATE SCHEMA "odd.schema";
      CREATE TABLE "odd.schema"."a ""table"" 😀" ("__proto__" int, "a ""quoted"" name" text, "'; DROP TABLE numbers; --" int, "constructor" text);
      INSERT INTO "odd.schema"."a ""table"" 😀" VALUES (1, 'x', 2, 'y');
      CREATE VIEW seen AS SELECT * FROM numbers;
      CREATE TABLE nothing (a int, b text);
    `);
    connection = await open();
  });
  afterAll(async () => {
    await connection?.close();
    await admin?.end();
    await server?.stop();
  });

  test('says what it found, and lists schemas, tables and views', async () => {
    expect(await connection.test()).toMatch(/^PostgreSQL \d+\.\d+, 5 tables and views that can be read, not encrypted\.$/);
    expect(await connection.list('')).toEqual(['"odd.schema"', 'public'].map((path) => ({ path, type: 'folder' })));
    expect(await connection.list('public')).toEqual([
      { path: 'public.nothing', type: 'table' },
      { path: 'public.numbers', type: 'table' },
      { path: 'public.seen', type: 'view' },
      { path: 'public.types', type: 'table' },
    ]);
    expect(await connection.list('"odd.schema"')).toEqual([{ path: '"odd.schema"."a ""table"" 😀"', type: 'table' }]);
  });

  test('every type becomes a column as documented', async () => {
    const { columns, batches } = await connection.rows!.read({ table: 'types' }, { batchRows: 1_000 });
    const types = new Map(columns.map(({ name, type }) => [name, type]));
    const all = await collectRows({ columns, batches });
    const time = (text: string) => Date.parse(text);
    const expected: Record<string, [string, ...(number | string | null)[]]> = {
      int2: ['integer', -1, null, null],
      int4: ['integer', 2147483647, 0, null],
      int8: ['integer', '9223372036854775807', '9007199254740992', null],
      numeric: ['number', 12345.6789, null, null],
      float4: ['number', 1.5, null, Infinity],
      float8: ['number', 0.1, -Infinity, null],
      bool: ['boolean', 1, 0, null],
      text: ['text', '', '☃ "😀" \\', null],
      varchar: ['text', "it's", null, null],
      char: ['text', 'ab', null, null],
      mood: ['category', 'mad', 'calm', null],
      date: ['datetime', time('2024-02-29'), null, null],
      timestamp: ['datetime', time('2024-02-29T12:34:56.123Z'), null, time('+012024-01-01')],
      timestamptz: ['datetime', time('2024-02-29T10:34:56.123Z'), time('-000043-03-15'), null],
      time: ['text', '01:02:03', null, null],
      interval: ['text', 'P1D', null, null],
      json: ['text', '{"a": [1]}', null, null],
      uuid: ['text', '00000000-0000-0000-0000-000000000001', null, null],
      bytea: ['text', '\\x00ff', null, null],
      array: ['text', '{1,NULL}', null, null],
    };
    expect(Object.fromEntries([...all].map(([name, values]) => [name, [types.get(name), ...values]]))).toEqual(expected);
  });

  test('names of tables and columns are never pasted into SQL', async () => {
    const rows = await connection.rows!.read(
      { table: '"odd.schema"."a ""table"" 😀"' },
      { batchRows: 10, after: { column: "'; DROP TABLE numbers; --", value: '1' } },
    );
    expect(await collectRows(rows)).toEqual(
      new Map<string, (number | string)[]>([
        ['__proto__', [1]],
        ['a "quoted" name', ['x']],
        ["'; DROP TABLE numbers; --", [2]],
        ['constructor', ['y']],
      ]),
    );
    expect((await failure(connection.rows!.read({ table: 'numbers"; DROP TABLE numbers; --' }, { batchRows: 10 }))).message).toMatch(/names no table/);
  });

  test('100,000 rows come in batches, as fast as they are taken', async () => {
    const { columns, batches } = await connection.rows!.read({ table: 'numbers' }, { batchRows: 7_000 });
    expect(columns.map(({ type }) => type)).toEqual(['integer', 'number', 'text', 'datetime']);
    let [rows, sum] = [0, 0];
    for await (const { rowCount, values } of batches) {
      expect(rowCount).toBeLessThanOrEqual(7_000);
      for (const id of values[0]!) sum += Number(id);
      rows += rowCount;
    }
    expect([rows, sum]).toEqual([100_000, 5_000_050_000]);
    expect((await read('SELECT * FROM nothing')).get('b')).toEqual([]);
  });

  test('wide rows come in smaller batches', async () => {
    const { batches } = await connection.rows!.read({ query: `SELECT repeat('x', 100000) AS wide FROM generate_series(1, 500)` }, { batchRows: 100_000 });
    const counts: number[] = [];
    for await (const { rowCount } of batches) counts.push(rowCount);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(500);
    expect(Math.max(...counts)).toBeLessThanOrEqual(256);
  });

  test('a watermark gives what is beyond it, in its order', async () => {
    expect((await read('SELECT * FROM numbers ORDER BY id DESC', { column: 'id', value: '99997' })).get('id')).toEqual([99_998, 99_999, 100_000]);
    expect((await read('numbers', { column: 'at', value: '2024-01-02 03:46:38.000' })).get('id')).toEqual([99_999, 100_000]);
    const fine = `SELECT timestamp '2024-01-01 00:00:00.0015' AS at UNION ALL SELECT '2024-01-01 00:00:00.002' UNION ALL SELECT NULL`;
    expect((await read(fine, { column: 'at', value: '2024-01-01 00:00:00.001' })).get('at')).toHaveLength(1);
    expect((await read(fine, { column: 'at', value: null })).get('at')).toHaveLength(3);
    expect((await failure(read('numbers', { column: 'gone', value: '1' }))).message).toMatch(/no column “gone”/);
  });

  test('nothing but one SELECT is read, and nothing can be written', async () => {
    const refused = [
      'INSERT INTO nothing VALUES (1)',
      'WITH more AS (INSERT INTO nothing VALUES (1) RETURNING *) SELECT * FROM more',
      'CREATE TABLE made (a int)',
      'SELECT 1 INTO made',
      'SELECT 1; DROP TABLE nothing',
      'SELECT 1) AS a; DROP TABLE nothing; --',
      `COPY (SELECT 1) TO PROGRAM 'true'`,
      `COPY nothing FROM PROGRAM 'true'`,
      'SET TRANSACTION READ WRITE',
      'COMMIT',
      'DO $$ BEGIN DROP TABLE nothing; END $$',
      'SELECT * FROM nothing FOR UPDATE',
      `SELECT set_config('transaction_read_only', 'off', false) AS a`,
      `SELECT nextval('counter') AS a`,
    ];
    await admin.query('CREATE SEQUENCE counter');
    for (const query of refused) {
      for (const after of [undefined, { column: 'a', value: '0' }]) {
        const error = await failure(connection.rows!.read({ query }, { batchRows: 10, after }).then(collectRows));
        expect(error, query).toMatchObject({ code: expect.stringMatching(/^sql_(invalid|refused)$/) });
      }
    }
    expect((await admin.query(`SELECT count(*)::int AS n FROM pg_class WHERE relname = 'made'`)).rows).toEqual([{ n: 0 }]);
    expect((await admin.query('SELECT count(*)::int AS n FROM nothing')).rows).toEqual([{ n: 0 }]);
    expect((await failure(read('SELECT a FROM nothing WHERE a = = 1'))).message).toMatch(/syntax error.*at character 33/);
  });

  test('the server’s files are the database’s to guard', async () => {
    await admin.query(`CREATE ROLE reader LOGIN PASSWORD 'reading'; GRANT pg_read_all_data TO reader`);
    const reader = await open({ user: 'reader' }, { password: 'reading' });
    const error = await failure(reader.rows!.read({ query: `SELECT pg_read_file('/etc/passwd') AS text` }, { batchRows: 10 }));
    expect(error.message).toMatch(/permission denied for function pg_read_file/);
    await reader.close();
  });

  test('a cancelled read ends on the server', async () => {
    const controller = new AbortController();
    const other = await open({}, { signal: controller.signal });
    const reading = failure(other.rows!.read({ query: `SELECT pg_sleep(600)` }, { batchRows: 10 }));
    const asked = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE 'FETCH%' AND state = 'active'`;
    const fetching = async () => ((await admin.query(asked)).rows as { n: number }[])[0]!.n;
    await expect.poll(fetching).toBe(1);
    controller.abort();
    expect((await reading).name).toBe('AbortError');
    await expect.poll(fetching).toBe(0);
    await other.close();
  });

  test('a read that is left early lets the connection be used again', async () => {
    const { batches } = await connection.rows!.read({ table: 'numbers' }, { batchRows: 100 });
    for await (const batch of batches) if (batch.rowCount > 0) break;
    expect((await read('SELECT 1 AS one')).get('one')).toEqual([1]);
  });

  test('a statement that takes too long is stopped', async () => {
    const short = await open({ statementSeconds: 1 });
    const error = await failure(short.rows!.read({ query: 'SELECT pg_sleep(60)' }, { batchRows: 10 }));
    expect(error.message).toMatch(/longer than 1 second\./);
    await short.close();
  });

  test('mistakes are told plainly, and never with the password', async () => {
    const attempts: [() => Promise<unknown>, RegExp][] = [
      [() => open({}, { password: 'wrong password' }), /password authentication failed for user "studio"/],
      [() => open({ database: 'nowhere' }), /database "nowhere" does not exist/],
      [() => open({ port: 1 }), /Nothing answers at 127\.0\.0\.1, port 1\./],
      [() => open({ host: 'no-such-host.invalid' }), /no host named no-such-host\.invalid/],
      [() => open({ host: '' }), /Give the host/],
      [() => open({}, { allowedHosts: [] }), /127\.0\.0\.1 is not a public address/],
      [() => open({ host: 'localhost' }, { allowedHosts: [] }), /localhost is not a public address/],
      [() => open({ host: '2130706433' }, { allowedHosts: [] }), /is not a public address/],
      [() => open({ host: '/var/run/postgresql' }, { allowedHosts: [] }), /no host named/],
      [() => read('gone'), /There is no table “gone”/],
      [() => read('public.gone'), /There is no table “public.gone”/],
    ];
    for (const [attempt, message] of attempts) {
      const error = await failure(attempt());
      expect(error).toMatchObject({ name: 'NodeError', message: expect.stringMatching(message) });
      expect(error.cause).toBeUndefined();
      expect(JSON.stringify(error) + error.stack).not.toMatch(/p@ss|wrong password/);
    }
  });

  test('encryption: checked by a certificate, unchecked, or refused', async (context) => {
    context.skip(!server.certificate, 'There is no openssl to make a certificate.');
    const sure = await open({ host: 'localhost', encryption: 'verify', certificate: server.certificate });
    expect(await sure.test()).toMatch(/, encrypted\.$/);
    await sure.close();
    const unchecked = await open({ encryption: 'encrypt' });
    expect(
      (await collectRows(await unchecked.rows!.read({ query: 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()' }, { batchRows: 1 }))).get('ssl'),
    ).toEqual([1]);
    await unchecked.close();
    expect((await failure(open({ host: 'localhost', encryption: 'verify' }))).message).toMatch(/The certificate of localhost is not trusted/);
    expect((await failure(open({ encryption: 'verify', certificate: server.certificate }))).message).toMatch(/The certificate of 127\.0\.0\.1 is not trusted/);
  });

  test('rows are written: created, appended, replaced, all or none', async () => {
    const columns = [column('number', 'number'), column('id', 'integer'), column('yes', 'boolean'), column('a "text"', 'text'), column('at', 'datetime')];
    const some = [
      Float64Array.of(0.1, NaN, -Infinity),
      ['9223372036854775807', null, '-1'],
      Float64Array.of(1, 0, NaN),
      ['{"\\,}', null, 'NULL'],
      Float64Array.of(0, NaN, Date.parse('-000043-03-15')),
    ];
    const write = connection.rows!.write!;
    await write('public."made here"', rowsOf(columns, some, some), 'create');
    const all = await read('public."made here"');
    expect(all.get('id')).toEqual(['9223372036854775807', null, '-1', '9223372036854775807', null, '-1']);
    expect([all.get('number')!.slice(0, 3), all.get('yes')!.slice(0, 3), all.get('a "text"')!.slice(0, 3), all.get('at')!.slice(0, 3)]).toEqual([
      [0.1, null, -Infinity],
      [1, 0, null],
      ['{"\\,}', null, 'NULL'],
      [0, null, Date.parse('-000043-03-15')],
    ]);
    expect((await failure(write('"made here"', rowsOf(columns, some), 'create'))).message).toMatch(/There is a table “"made here"” already/);
    expect((await failure(write('not_there', rowsOf(columns, some), 'append'))).message).toMatch(/There is no table “not_there”/);
    expect((await failure(write('nothing', rowsOf(columns, some), 'append'))).message).toMatch(/has no column “number”, “id”/);
    async function* broken() {
      yield { rowCount: 3, values: some };
      throw new Error('The source broke off.');
    }
    for (const mode of ['append', 'replace'] as const) {
      expect((await failure(write('"made here"', { columns, batches: broken() }, mode))).message).toBe('The source broke off.');
    }
    expect((await read('SELECT count(*) AS n FROM "made here"')).get('n')).toEqual([6]);
    await write('"made here"', rowsOf(columns, some), 'append');
    expect((await read('SELECT count(*) AS n FROM "made here"')).get('n')).toEqual([9]);
    await write('"made here"', rowsOf([column('only', 'category')], [['one']]), 'replace');
    expect(await read('SELECT * FROM "made here"')).toEqual(new Map([['only', ['one']]]));
  });

  test('a step that is tried again writes its rows once', async () => {
    await admin.query(`CREATE TABLE tried (a int); CREATE ROLE writer LOGIN PASSWORD 'writing'; GRANT INSERT, SELECT ON tried TO writer`);
    await writesOnce({
      open: (stepId, signal) => open({}, { stepId, signal }),
      openAsWriter: (stepId) => open({ user: 'writer' }, { password: 'writing', stepId }),
      count: async (query) => ((await admin.query(query)).rows as { n: string }[]).map(({ n }) => Number(n))[0]!,
      waiting: `SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'`,
    });
    await admin.query('DROP TABLE tried, made_once, modelwright_writes');
  });

  test('what is appended takes the types of the table, and is not cut', async () => {
    await admin.query('CREATE TABLE typed (short varchar(3), padded char(3), mood mood, day date, exact numeric(5, 2), doc jsonb)');
    const columns = [
      column('short', 'text'),
      column('padded', 'text'),
      column('mood', 'category'),
      column('day', 'datetime'),
      column('exact', 'number'),
      column('doc', 'text'),
    ];
    const write = connection.rows!.write!;
    await write('typed', rowsOf(columns, [['abc'], ['ab'], ['mad'], Float64Array.of(Date.parse('2024-01-31')), Float64Array.of(1.234), ['{"a":1}']]), 'append');
    expect((await admin.query(`SELECT short, padded, mood, day::text, exact, doc::text FROM typed`)).rows).toEqual([
      { short: 'abc', padded: 'ab ', mood: 'mad', day: '2024-01-31', exact: '1.23', doc: '{"a": 1}' },
    ]);
    expect((await failure(write('typed', rowsOf(columns.slice(0, 1), [['abcd']]), 'append'))).message).toMatch(/too long/);
    const wide = Array.from({ length: 300 }, (_, index) => column(`c${index}`, 'number'));
    await write(
      'wide',
      rowsOf(
        wide,
        wide.map(() => new Float64Array(10).fill(1)),
      ),
      'create',
    );
    expect((await read('SELECT count(*) AS n, sum(c299) AS s FROM wide')).get('s')).toEqual([10]);
  });
});
