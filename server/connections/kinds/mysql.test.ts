import { createConnection, type Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { column } from '#nodes/kit/table.ts';
import { mariadbMissing, startMariadb, type MariadbServer } from '#test/support/mariadb.ts';
import { collectRows, rowsOf } from '#test/support/rows.ts';
import { writesOnce } from '#test/support/writes-once.ts';
import type { OpenConnection } from '../kind.ts';
import { writeKey } from '../sql/write-notes.ts';
import { mysql } from './mysql.ts';

if (mariadbMissing) console.log(mariadbMissing);

describe.skipIf(mariadbMissing)('MariaDB', () => {
  let server: MariadbServer;
  let admin: Connection;
  let connection: OpenConnection;
  const settingsOf = (more: Record<string, unknown> = {}) =>
    mysql.settings.parse({ host: server.host, port: server.port, database: server.database, user: server.user, encryption: 'none', ...more });
  const open = (
    more: Record<string, unknown> = {},
    {
      password = server.password,
      allowedHosts = ['127.0.0.1', 'localhost'],
      signal = new AbortController().signal,
      stepId = undefined as string | undefined,
    } = {},
  ) => mysql.open(settingsOf(more), { password }, { signal, allowedHosts, allowedFolders: [], stepId });
  const read = async (source: string, after?: { column: string; value: string | null }) =>
    collectRows(await connection.rows!.read(/^SELECT/.test(source) ? { query: source } : { table: source }, { batchRows: 10_000, after }));
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => expect.unreachable('It should have failed.'),
      (error: Error) => error,
    );
  const count = async (query: string) => Number(((await admin.query(query))[0] as { n: number }[])[0]!.n);

  beforeAll(async () => {
    server = await startMariadb();
    const { host, port, user, password, database } = server;
    admin = await createConnection({ host, port, user, password, database, multipleStatements: true, charset: 'utf8mb4' });
    await admin.query(
      `
      CREATE TABLE numbers AS SELECT seq AS id, seq * 0.5 AS half, concat('row ', seq) AS name, timestamp('2024-01-01') + INTERVAL seq SECOND AS at FROM seq_1_to_100000;
      CREATE TABLE types (
        \`yes\` tinyint(1), \`tiny\` tinyint, \`int\` int, \`bigint\` bigint, \`unsigned\` bigint unsigned, \`decimal\` decimal(30, 10), \`float\` float, \`double\` double, \`year\` year,
        \`char\` char(5), \`varchar\` varchar(20), \`text\` text, \`enum\` enum('calm', 'mad'), \`set\` set('a', 'b'), \`date\` date, \`datetime\` datetime(6), \`timestamp\` timestamp(3) NULL, \`time\` time,
        \`json\` json, \`uuid\` uuid, \`blob\` blob, \`binary\` binary(2), \`bit\` bit(1), \`bits\` bit(10), \`point\` point);
      SET time_zone = '+02:00';
      SET sql_mode = '';
      INSERT INTO types VALUES
        (1, -128, 2147483647, 9223372036854775807, 9223372036854775807, 12345.6789, 1.5, 0.1, 2024, 'ab', 'it''s', '☃ "😀" \\\\', 'mad', 'a,b', '2024-02-29', '2024-02-29 12:34:56.123987',
         '2024-02-29 12:34:56.123', '01:02:03', '{"a": [1]}', '00000000-0000-0000-0000-000000000001', x'00ff', x'0102', b'1', b'1000000001', NULL),
        (0, 0, 0, 9007199254740992, 1, 0, 0, -1e300, NULL, '', '', '', 'calm', '', '0000-00-00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '-00:00:01', NULL, NULL, '', NULL, b'0', NULL, NULL),
        (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2024-00-10', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
      CREATE TABLE \`a \`\`table\`\` 😊.x\` (\`__proto__\` int, \`a "quoted" name\` text, \`'; DROP TABLE numbers; --\` int, \`constructor\` text);
    `.replace('😊', 'ü'),
    );
    await admin.query(`
      INSERT INTO \`a \`\`table\`\` ü.x\` VALUES (1, 'x', 2, 'y');
      CREATE VIEW seen AS SELECT * FROM numbers;
      CREATE TABLE nothing (a int, b text);
      CREATE TABLE huge (id bigint unsigned, small tinyint(1));
      INSERT INTO huge VALUES (18446744073709551615, 7);
    `);
    connection = await open();
  });
  afterAll(async () => {
    await connection?.close();
    await admin?.end();
    await server?.stop();
  });

  test('says what it found, and lists tables and views', async () => {
    expect(await connection.test()).toMatch(/^MariaDB \d+\.\d+\.\d+, 6 tables and views that can be seen, not encrypted\.$/);
    const tables = [
      { path: '"a `table` ü.x"', type: 'table' },
      ...['huge', 'nothing', 'numbers'].map((path) => ({ path, type: 'table' })),
      { path: 'seen', type: 'view' },
      { path: 'types', type: 'table' },
    ];
    expect(await connection.list('')).toEqual(tables);
    const whole = await open({ database: '' });
    expect(await whole.list('')).toEqual([{ path: 'shop', type: 'folder' }]);
    expect(await whole.list('shop')).toContainEqual({ path: 'shop.numbers', type: 'table' });
    await whole.close();
  });

  test('every type becomes a column as documented', async () => {
    const { columns, batches } = await connection.rows!.read({ table: 'types' }, { batchRows: 1_000 });
    const types = new Map(columns.map(({ name, type }) => [name, type]));
    const all = await collectRows({ columns, batches });
    const expected: Record<string, [string, ...(number | string | null)[]]> = {
      yes: ['boolean', 1, 0, null],
      tiny: ['integer', -128, 0, null],
      int: ['integer', 2147483647, 0, null],
      bigint: ['integer', '9223372036854775807', '9007199254740992', null],
      unsigned: ['integer', '9223372036854775807', '1', null],
      decimal: ['number', 12345.6789, 0, null],
      float: ['number', 1.5, 0, null],
      double: ['number', 0.1, -1e300, null],
      year: ['integer', 2024, null, null],
      char: ['text', 'ab', '', null],
      varchar: ['text', "it's", '', null],
      text: ['text', '☃ "😀" \\', '', null],
      enum: ['category', 'mad', 'calm', null],
      set: ['text', 'a,b', '', null],
      date: ['datetime', Date.parse('2024-02-29'), null, null],
      datetime: ['datetime', Date.parse('2024-02-29T12:34:56.123Z'), null, null],
      timestamp: ['datetime', Date.parse('2024-02-29T10:34:56.123Z'), null, null],
      time: ['text', '01:02:03', '-00:00:01', null],
      json: ['text', '{"a": [1]}', null, null],
      uuid: ['text', '00000000-0000-0000-0000-000000000001', null, null],
      blob: ['text', '\\x00ff', '\\x', null],
      binary: ['text', '\\x0102', null, null],
      bit: ['boolean', 1, 0, null],
      bits: ['integer', 513, null, null],
      point: ['text', null, null, null],
    };
    expect(Object.fromEntries([...all].map(([name, values]) => [name, [types.get(name), ...values]]))).toEqual(expected);
    expect((await read('SELECT NULL AS none')).get('none')).toEqual([null]);
  });

  test('what a column cannot hold is told, with the way out', async () => {
    expect((await failure(read('SELECT id FROM huge'))).message).toMatch(/column “id” holds 18446744073709551615, .* casts it to text/);
    expect((await failure(read('SELECT small FROM huge'))).message).toMatch(/column “small” holds 7, though tinyint\(1\)/);
    const plain = await open({ tinyintAsBoolean: false });
    expect((await collectRows(await plain.rows!.read({ query: 'SELECT small, CAST(id AS CHAR) AS id FROM huge' }, { batchRows: 10 }))).get('id')).toEqual([
      '18446744073709551615',
    ]);
    await plain.close();
  });

  test('names of tables and columns are never pasted into SQL', async () => {
    for (const after of [undefined, { column: "'; DROP TABLE numbers; --", value: '1' }, { column: 'a "quoted" name', value: `w' OR '\\` }]) {
      expect(await read('"a `table` ü.x"', after)).toEqual(
        new Map<string, (number | string)[]>([
          ['__proto__', [1]],
          ['a "quoted" name', ['x']],
          ["'; DROP TABLE numbers; --", [2]],
          ['constructor', ['y']],
        ]),
      );
    }
    expect((await failure(read('numbers`; DROP TABLE numbers; --'))).message).toMatch(/doesn't exist/);
    expect((await failure(read('numbers', { column: 'id', value: '1 OR 1' }))).message).toMatch(/is no number/);
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

  test('what is not taken is not sent', async () => {
    const { batches } = await connection.rows!.read({ query: `SELECT repeat('x', 100000) AS wide FROM seq_1_to_300` }, { batchRows: 50 });
    let rows = 0;
    for await (const { rowCount } of batches) {
      expect(rowCount).toBeLessThanOrEqual(50);
      if (rows === 0) expect(await count(`SELECT count(*) AS n FROM information_schema.processlist WHERE info LIKE '%seq_1_to_300'`)).toBe(1);
      rows += rowCount;
    }
    expect(rows).toBe(300);
  });

  test('a watermark gives what is beyond it, in its order', async () => {
    expect((await read('SELECT * FROM numbers ORDER BY id DESC', { column: 'id', value: '99997' })).get('id')).toEqual([99_998, 99_999, 100_000]);
    expect((await read('numbers', { column: 'at', value: '2024-01-02 03:46:38.000' })).get('id')).toEqual([99_999, 100_000]);
    const fine = `SELECT timestamp '2024-01-01 00:00:00.0015' AS at UNION ALL SELECT '2024-01-01 00:00:00.002' UNION ALL SELECT NULL`;
    expect((await read(fine, { column: 'at', value: null })).get('at')).toHaveLength(3);
    expect((await failure(read('numbers', { column: 'gone', value: '1' }))).message).toMatch(/no column “gone”/);
    expect((await read('SELECT id FROM numbers ORDER BY id DESC LIMIT 3; ')).get('id')).toEqual([100_000, 99_999, 99_998]);
  });

  test('nothing but one SELECT is read, and nothing can be written', async () => {
    const refused = [
      'INSERT INTO nothing VALUES (1, 2)',
      'CREATE TABLE made (a int)',
      'CREATE TEMPORARY TABLE made (a int)',
      'SELECT 1; DROP TABLE nothing',
      'SELECT 1) AS a; DROP TABLE nothing; --',
      `SELECT 1 AS a INTO OUTFILE '/tmp/out'`,
      `SELECT 1 AS a INTO DUMPFILE '/tmp/out'`,
      'SELECT 1 AS a INTO @a',
      `LOAD DATA INFILE '/etc/passwd' INTO TABLE nothing`,
      `LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE nothing`,
      'SET SESSION TRANSACTION READ WRITE',
      'COMMIT',
      'CALL change()',
      'SELECT change_it() AS a',
      'SELECT 1 AS a, 2 AS a',
    ];
    await admin.query('CREATE FUNCTION change_it() RETURNS int BEGIN INSERT INTO nothing VALUES (1, 2); RETURN 1; END');
    for (const query of refused) {
      for (const after of [undefined, { column: 'a', value: '0' }]) {
        const error = await failure(connection.rows!.read({ query }, { batchRows: 10, after }).then(collectRows));
        expect(error, query).toMatchObject({ code: expect.stringMatching(/^sql_(invalid|refused)$/) });
      }
    }
    expect(await count('SELECT count(*) AS n FROM nothing')).toBe(0);
    expect(await count(`SELECT count(*) AS n FROM information_schema.tables WHERE table_name = 'made'`)).toBe(0);
  });

  test('the server’s files are the database’s to guard', async () => {
    await admin.query(`CREATE USER reader IDENTIFIED BY 'reading'; GRANT SELECT ON shop.* TO reader`);
    const reader = await open({ user: 'reader' }, { password: 'reading' });
    expect((await collectRows(await reader.rows!.read({ query: `SELECT load_file('/etc/passwd') AS text` }, { batchRows: 10 }))).get('text')).toEqual([null]);
    await reader.close();
  });

  test('a cancelled read ends on the server', async () => {
    const controller = new AbortController();
    const other = await open({}, { signal: controller.signal });
    const reading = failure(other.rows!.read({ query: 'SELECT sleep(600) AS a' }, { batchRows: 10 }).then(collectRows));
    const sleeping = () => count(`SELECT count(*) AS n FROM information_schema.processlist WHERE info LIKE 'SELECT sleep(600)%'`);
    await expect.poll(sleeping).toBe(1);
    controller.abort();
    expect((await reading).name).toBe('AbortError');
    await expect.poll(sleeping).toBe(0);
    await other.close();
  });

  test('a read that is left early lets the connection be used again', async () => {
    const { batches } = await connection.rows!.read({ table: 'numbers' }, { batchRows: 100 });
    for await (const batch of batches) if (batch.rowCount > 0) break;
    expect((await read('SELECT 1 AS one')).get('one')).toEqual([1]);
  });

  test('a statement that takes too long is stopped', async () => {
    const short = await open({ statementSeconds: 1 });
    const error = await failure(short.rows!.read({ query: 'SELECT count(*) AS n FROM numbers a, numbers b, numbers c' }, { batchRows: 10 }).then(collectRows));
    expect(error.message).toMatch(/longer than 1 second\./);
    await short.close();
  });

  test('mistakes are told plainly, and never with the password', async () => {
    const attempts: [() => Promise<unknown>, RegExp][] = [
      [() => open({}, { password: 'wrong password' }), /Access denied for user 'studio'/],
      [() => open({ database: 'nowhere' }), /Unknown database 'nowhere'/],
      [() => open({ port: 1 }), /Nothing answers at 127\.0\.0\.1, port 1\./],
      [() => open({ host: 'no-such-host.invalid' }), /no host named no-such-host\.invalid/],
      [() => open({ host: '' }), /Give the host/],
      [() => open({}, { allowedHosts: [] }), /127\.0\.0\.1 is not a public address/],
      [() => open({ host: 'localhost' }, { allowedHosts: [] }), /localhost is not a public address/],
      [() => open({ encryption: 'verify' }), /give the host by the name/],
      [() => read('gone'), /Table 'shop\.gone' doesn't exist/],
    ];
    for (const [attempt, message] of attempts) {
      const error = await failure(attempt());
      expect(error).toMatchObject({ name: 'NodeError', code: expect.stringMatching(/^(connection|parameter)_/), message: expect.stringMatching(message) });
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
    const cipher = await collectRows(
      await unchecked.rows!.read(
        { query: `SELECT variable_value AS cipher FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'` },
        { batchRows: 1 },
      ),
    );
    expect(cipher.get('cipher')).not.toEqual(['']);
    await unchecked.close();
    expect((await failure(open({ host: 'localhost', encryption: 'verify' }))).message).toMatch(/The certificate of localhost is not trusted/);
  });

  test('rows are written: created, appended, replaced, all or none', async () => {
    const columns = [column('number', 'number'), column('id', 'integer'), column('yes', 'boolean'), column('a `text`', 'text'), column('at', 'datetime')];
    const some = [
      Float64Array.of(0.1, NaN, -1e300),
      ['9223372036854775807', null, '-1'],
      Float64Array.of(1, 0, NaN),
      [`'"\\`, null, '☃ 😀'],
      Float64Array.of(0, NaN, 1.7e12 + 123),
    ];
    const write = connection.rows!.write!;
    await write('"made here"', rowsOf(columns, some, some), 'create');
    const all = await read('shop.made here');
    expect([...all.values()].map((values) => values.slice(0, 3))).toEqual([
      [0.1, null, -1e300],
      ['9223372036854775807', null, '-1'],
      [1, 0, null],
      [`'"\\`, null, '☃ 😀'],
      [0, null, 1.7e12 + 123],
    ]);
    expect((await failure(write('made here', rowsOf(columns, some), 'create'))).message).toMatch(/There is a table “made here” already/);
    expect((await failure(write('not_there', rowsOf(columns, some), 'append'))).message).toMatch(/There is no table “not_there”/);
    expect((await failure(write('nothing', rowsOf(columns, some), 'append'))).message).toMatch(/has no column “number”, “id”/);
    expect((await failure(write('infinite', rowsOf([column('n', 'number')], [Float64Array.of(Infinity)]), 'create'))).message).toMatch(/infinite number/);
    async function* broken() {
      yield { rowCount: 3, values: some };
      throw new Error('The source broke off.');
    }
    for (const mode of ['append', 'replace'] as const) {
      expect((await failure(write('made here', { columns, batches: broken() }, mode))).message).toBe('The source broke off.');
    }
    const rows = 'SELECT count(*) AS n FROM `made here`';
    expect(await count(rows)).toBe(6);
    await write('made here', rowsOf(columns, some), 'append');
    expect(await count(rows)).toBe(9);
    await write('shop.made here', rowsOf([column('only', 'category')], [['one']]), 'replace');
    expect(await read('made here')).toEqual(new Map([['only', ['one']]]));
    expect(await count(`SELECT count(*) AS n FROM information_schema.tables WHERE table_name LIKE 'modelwright%'`)).toBe(0);
    await admin.query('CREATE TABLE short (a varchar(3))');
    expect((await failure(write('short', rowsOf([column('a', 'text')], [['abcd']]), 'append'))).message).toMatch(/too long/);
    const wide = Array.from({ length: 300 }, (_, index) => column(`c${index}`, 'number'));
    await write(
      'wide',
      rowsOf(
        wide,
        wide.map(() => new Float64Array(250).fill(1)),
      ),
      'create',
    );
    expect((await read('SELECT sum(c299) AS s FROM wide')).get('s')).toEqual([250]);
  });

  test('a step that is tried again writes its rows once, and ends what was cut off', async () => {
    await admin.query(`CREATE TABLE tried (a int); CREATE USER writer IDENTIFIED BY 'writing'; GRANT INSERT, SELECT ON shop.tried TO writer`);
    await writesOnce({
      open: (stepId, signal) => open({}, { stepId, signal }),
      openAsWriter: (stepId) => open({ user: 'writer' }, { password: 'writing', stepId }),
      count,
      waiting: `SELECT count(*) AS n FROM information_schema.processlist WHERE info LIKE 'SELECT GET_LOCK%' AND state = 'User lock'`,
    });
    // As if the earlier try had ended between its transaction and the exchange of the tables.
    const made = `modelwright_new_${writeKey('one', 'made_once').slice(0, 12)}`;
    await admin.query(`RENAME TABLE made_once TO ${made}`);
    const again = await open({}, { stepId: 'one' });
    expect(await again.rows!.write!('made_once', rowsOf([column('a', 'integer')], [Float64Array.of(7)]), 'create')).toEqual({ earlier: true, noted: true });
    await again.close();
    expect(await count('SELECT sum(a) AS n FROM made_once')).toBe(6);
    expect(await count(`SELECT count(*) AS n FROM information_schema.tables WHERE table_name LIKE 'modelwright_new%'`)).toBe(0);
  });
});
