import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { relativeDifference } from '../onnx/prove.server.ts';
import { createOnnxRunner } from '../onnx/session.server.ts';
import { column, isTextual, tableSchema, type Columns, type ColumnType } from '../table.ts';
import { readExpression } from './expression.ts';
import { graphOf } from './graph-of.ts';
import { refusalOf } from './graph.ts';
import { parse } from './parse.ts';
import { compileToSql } from './sql.ts';
import { print, type Expression } from './tree.ts';

const schema = tableSchema([
  column('a', 'number', { nullable: true }),
  column('b b', 'number', { nullable: true }),
  column('n', 'integer', { nullable: true }),
  column('yes', 'boolean', { nullable: true }),
  column('city', 'category', { nullable: true }),
  column('day', 'datetime', { nullable: true }),
]);
const place = { from: 0, to: 0 };
const plain = (tree: Expression): unknown => JSON.parse(JSON.stringify(tree, (key, value: unknown) => (key === 'from' || key === 'to' ? undefined : value)));
const read = (source: string) => readExpression(source, schema);
const messageOf = (source: string) => read(source).problems[0]?.message;

type Tree = fc.Arbitrary<Expression>;
const number = fc.constantFrom(0, 1, 2, 3, 0.5, 2.25, 100, 1e-3).map((value): Expression => ({ kind: 'number', value, ...place }));
const texts = fc.constantFrom('Oslo', "L'Aquila", 'Ålesund', '', 'a.*(b', '🎈');
const text = texts.map((value): Expression => ({ kind: 'text', value, ...place }));
const col = (...names: string[]): Tree => fc.constantFrom(...names).map((name): Expression => ({ kind: 'column', name, ...place }));
const call = (name: string, ...values: Tree[]): Tree => fc.tuple(...values).map((all): Expression => ({ kind: 'call', name, values: all, ...place }));
const binary = (operators: readonly string[], left: Tree, right: Tree): Tree =>
  fc
    .tuple(fc.constantFrom(...operators), left, right)
    .map(([operator, one, other]) => ({ kind: 'binary', operator, left: one, right: other, ...place }) as Expression);
const unary = (operator: '-' | 'not', operand: Tree): Tree => operand.map((each): Expression => ({ kind: 'unary', operator, operand: each, ...place }));

const words = text.filter((each) => each.kind === 'text' && each.value !== '');
const delimiter = fc.constantFrom(',', ' ', 'a', 'an', 'é').map((value): Expression => ({ kind: 'text', value, ...place }));
const whole = fc.constantFrom(1, 2, 3).map((value): Expression => ({ kind: 'number', value, ...place }));
const written = fc
  .constantFrom('2024-02-29', '1969-12-31 23:59:59.999', '0001-01-01', '2400-12-31T12:30')
  .map((value): Expression => ({ kind: 'text', value, ...place }));

const ON_TEXTS = [
  'upper',
  'lower',
  'title',
  'trim',
  'collapse',
  'withoutUrls',
  'withoutEmails',
  'withoutNumbers',
  'withoutSigns',
  'apartSigns',
  'withoutRepeats',
];

/** Well-typed trees of numbers, truths, texts and dates, whose numbers stay small enough to compare. */
const trees = fc.letrec<{ number: Expression; truth: Expression; text: Expression; date: Expression }>((tie) => {
  const [num, truth, txt, date] = [tie('number'), tie('truth'), tie('text'), tie('date')];
  const test = (operand: Tree, values: fc.Arbitrary<Expression>): Tree =>
    fc
      .tuple(operand, fc.array(values, { minLength: 1, maxLength: 3 }))
      .map(([each, list]) => ({ kind: 'in', operand: each, values: list, ...place }) as Expression);
  return {
    number: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      col('a', 'b b', 'n'),
      number,
      binary(['+', '-', '*', '/', '%'], num, num),
      unary('-', num),
      ...['abs', 'sqrt', 'ln', 'log10', 'round', 'floor', 'ceil', 'sign', 'sin', 'cos', 'atan', 'asin'].map((name) => call(name, num)),
      call(
        'exp',
        call('clip', num, fc.constant({ kind: 'number', value: 0, ...place } as Expression), fc.constant({ kind: 'number', value: 3, ...place } as Expression)),
      ),
      binary(
        ['^'],
        call('abs', num),
        fc.constantFrom(0.5, 2).map((value): Expression => ({ kind: 'number', value, ...place })),
      ),
      call('min', num, num),
      call('max', num, num, num),
      call('clip', num, num, num),
      call('if', truth, num, num),
      call('coalesce', num, num),
      call('number', txt),
      call('length', txt),
      ...['year', 'quarter', 'month', 'week', 'day', 'weekday', 'hour', 'minute', 'unix'].map((name) => call(name, date)),
      call('dateDiff', date, date),
    ),
    truth: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      col('yes'),
      fc.boolean().map((value): Expression => ({ kind: 'boolean', value, ...place })),
      binary(['and', 'or', '=', '!='], truth, truth),
      unary('not', truth),
      binary(['=', '!=', '<', '<=', '>', '>='], num, num),
      binary(['=', '!='], txt, txt),
      binary(['=', '!=', '<', '<=', '>', '>='], date, date),
      test(num, number),
      test(txt, text),
      fc.oneof(num, txt, truth, date).map((operand): Expression => ({ kind: 'isMissing', operand, ...place })),
      ...['contains', 'startsWith', 'endsWith'].map((name) => call(name, txt, words)),
    ),
    text: fc.oneof(
      { depthSize: 'small' },
      col('city'),
      text,
      call('if', truth, txt, txt),
      call('coalesce', txt, txt),
      call('concat', txt, txt),
      ...ON_TEXTS.map((name) => call(name, txt)),
      call('withoutWords', txt, fc.constant({ kind: 'text', value: "an st oslo don't", ...place } as Expression)),
      call('replace', txt, fc.oneof(words, delimiter), txt),
      ...['part', 'partsFrom'].map((name) => call(name, txt, delimiter, whole)),
    ),
    date: fc.oneof({ depthSize: 'xsmall' }, col('day'), call('date', fc.oneof(written, txt)), call('if', truth, date, date), call('coalesce', date, date)),
  };
});
const anyTree = fc.oneof(trees.number, trees.truth, trees.text, trees.date);

const CITIES = [
  'Oslo',
  "L'Aquila",
  'Ålesund',
  '',
  '12.5',
  'xa.*(by\nOslo',
  '  new  york\u00a0',
  'banana, ananas,,an',
  'é\u0301é👩‍👩‍👦 O’NEIL',
  ' \t\u2003',
  'ИВАН-2nd st',
  'see (https://a.example/b?c=1), éwww.x.org www.y a@b.c_d@é.org 1,000.5 Sooo!!! **--',
  "Don't, DON’T; an\u0301 1st 22,5th aaa\u0301aa 😀😀😀",
];

/** Values that float32 carries, a fifth of them missing. */
function rows(count: number): Columns {
  let state = 7;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const numbers = (value: () => number) => Float64Array.from({ length: count }, () => (next() < 0.2 ? NaN : value()));
  return new Map<string, Float64Array | (string | null)[]>([
    ['a', numbers(() => Math.round((next() - 0.5) * 64) / 4)],
    ['b b', numbers(() => Math.fround(next() * 10))],
    ['n', numbers(() => Math.floor(next() * 9) - 4)],
    ['yes', numbers(() => Math.round(next()))],
    ['city', Array.from({ length: count }, () => (next() < 0.2 ? null : CITIES[Math.floor(next() * CITIES.length)]!))],
    ['day', numbers(() => Math.floor((next() - 0.3) * 1.3e13))],
  ]);
}

const runner = createOnnxRunner({ threads: 1 });
const data = rows(60);
async function database() {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const kinds: Readonly<Record<ColumnType, string>> = {
    number: 'DOUBLE',
    integer: 'BIGINT',
    boolean: 'BOOLEAN',
    text: 'VARCHAR',
    category: 'VARCHAR',
    datetime: 'TIMESTAMP',
  };
  await connection.run(`CREATE TABLE data (${schema.columns.map(({ name, type }) => `"${name}" ${kinds[type]}`).join(', ')})`);
  const literal = (value: number | string | null, type: ColumnType) =>
    value === null || Number.isNaN(value)
      ? 'NULL'
      : typeof value === 'string'
        ? `'${value.replaceAll("'", "''")}'`
        : type === 'boolean'
          ? String(value === 1)
          : type === 'datetime'
            ? `make_timestamp_ms(${value})`
            : `${value}`;
  const values = Array.from({ length: 60 }, (_, row) => `(${schema.columns.map(({ name, type }) => literal(data.get(name)![row]!, type)).join(', ')})`);
  await connection.run(`INSERT INTO data VALUES ${values.join(', ')}`);
  return connection;
}

describe('the language', () => {
  it('reads what it prints', () => {
    fc.assert(
      fc.property(anyTree, (tree) => {
        const parsed = parse(print(tree));
        if ('problem' in parsed) return parsed.problem.message.includes('deeper');
        expect(plain(parsed.tree)).toEqual(plain(tree));
        return true;
      }),
      { numRuns: 500 },
    );
  });
  it('never throws, whatever is written', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 60 }),
          fc.array(fc.constantFrom('(', ')', 'a', '[b b]', "'x'", '1', '+', 'not', 'in', 'is', 'missing', 'if', ',', '<', '-')).map((all) => all.join(' ')),
        ),
        (source) => {
          const { typed, problems } = read(source);
          expect(Boolean(typed) || problems.length > 0).toBe(true);
          for (const { from, to } of problems) expect(from >= 0 && to >= from).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });
  it('binds as in mathematics', () => {
    const grouped = (source: string) => {
      const parsed = parse(source);
      return 'tree' in parsed ? plain(parsed.tree) : parsed.problem;
    };
    expect(grouped('-a ^ 2 + 3 * n')).toEqual(grouped('(-(a ^ 2)) + (3 * n)'));
    expect(grouped('2 ^ 3 ^ 2')).toEqual(grouped('2 ^ (3 ^ 2)'));
    expect(grouped('not a = 1 and n > 2 or yes')).toEqual(grouped('((not (a = 1)) and (n > 2)) or yes'));
    expect(grouped('a not in (1, -2)')).toEqual(grouped('not (a in (1, -2))'));
    expect(grouped('a <> 1')).toEqual(grouped('a != 1'));
  });
  it.each([
    ['aa + 1', 'The table has no column “aa”. Did you mean a?'],
    ['[bb] + 1', 'The table has no column “bb”. Did you mean [b b]?'],
    ['sqr(a)', 'There is no function “sqr”. Did you mean sqrt?'],
    ['a + city', '+ takes a number, but this is a text. Turn it into a number with number(…).'],
    ["city + 'x'", '+ adds numbers. Join texts with concat(…).'],
    ['a = missing', 'Nothing compares with missing. Write “is missing” or “is not missing”.'],
    ['1 < a < 3', 'Comparisons cannot follow each other. Join two with and, such as 1 < a and a < 3.'],
    ['round(a, 1, 2)', 'round has 3 values here; it is used as round(number, digits).'],
    ["if(yes, 1, 'x')", 'This is a text, but a value before it is a number; both become one column.'],
    ["'open", "This text has no end. Close it with '; write '' for an apostrophe inside of it."],
    ['', 'The expression is empty. Write one, such as price * 2.'],
    ['a +', 'The expression ends too soon. Expected a column, a value or a function.'],
    ['constructor(a)', 'There is no function “constructor”.'],
    ["year(date('abc'))", "“abc” tells no date. Write one such as '2024-01-31' or '2024-01-31 09:30', or say how it is written: date(text, '%d.%m.%Y')."],
    ["a + number('1,5')", '“1,5” is no number. Write it without quotes, with a point before its decimals.'],
    ['missing', 'The expression gives only missing values, so its type is not known. Use a value in it.'],
  ])('says what is wrong with %s', (source, message) => {
    expect(messageOf(source)).toBe(message);
  });
  it('says where a text stands that tells no date', () => {
    const source = "dateDiff(date('2024-01-01'), date('2024-02-30'))";
    expect(read(source).problems.map(({ from, to }) => source.slice(from, to))).toEqual(["'2024-02-30'"]);
  });
  it('has limits', () => {
    expect(messageOf('a+'.repeat(3_000))).toMatch(/longer than 5000/);
    expect(messageOf(`${'('.repeat(500)}a${')'.repeat(500)}`)).toMatch(/deeper than/);
    expect(messageOf(Array.from({ length: 200 }, () => 'a').join('+'))).toMatch(/deeper than/);
    expect(messageOf(`${'gamma('.repeat(30)}a${')'.repeat(30)}`)).toMatch(/too deep/);
  });
  it('refuses models what they cannot compute', () => {
    const refusal = (source: string) => refusalOf(read(source).typed!);
    expect(refusal("city < 'M'")).toBe('it compares texts by their order');
    expect(refusal("year(date(city, '%Y%m%d'))")).toContain('“%Y%m%d”');
    expect(refusal("year(date(city, '%d %b %Y'))")).toContain('“%d %b %Y”');
    expect(refusal("year(date(city, '%d.%m.%Y'))")).toBeNull();
    expect(refusal("if(city in ('Oslo'), a, n) + 1")).toBeNull();
  });
});

describe('tables and models agree', () => {
  it('on random expressions', { timeout: 120_000 }, async () => {
    const connection = await database();
    const property = fc.asyncProperty(anyTree, async (tree) => {
      const source = print(tree);
      const { typed, problems } = read(source);
      if (!typed) {
        expect(problems[0]!.message).toMatch(/deep|only missing|tells no date|is no number/);
        return;
      }
      const { onnx, signature } = graphOf(typed, schema, 'result');
      const applied = (await runner.apply(onnx, signature, data, 60)).get('result')!;
      const textual = isTextual(typed.type as ColumnType);
      const value = compileToSql(typed);
      const shown = textual ? value : typed.type === 'datetime' ? `CAST(epoch_ms(${value}) AS DOUBLE)` : `CAST(${value} AS DOUBLE)`;
      const rowsRead = await (await connection.runAndReadAll(`SELECT ${shown} FROM data`)).getRows();
      for (const [row, [own]] of rowsRead.entries()) {
        const again = applied[row]!;
        if (textual) expect(again, `${source}, row ${row}`).toBe(own);
        else if (Math.abs(Number(own)) < 3e38) {
          const difference = own === null ? Number(!Number.isNaN(again)) : relativeDifference(again as number, own as number);
          expect(difference, `${source}, row ${row}: ${String(own)} in the table, ${String(again)} in the model`).toBeLessThanOrEqual(1e-5);
        }
      }
    });
    await fc.assert(property, { numRuns: 150, seed: 5, endOnFailure: true });
  });

  it.each([
    [
      undefined,
      [
        '2024-02-29',
        '2023-02-29',
        '2024/2/9',
        '2024-1-5 9:03',
        '2024-01-05T23:59:59.5Z',
        '2024-01-05 01:02:03.123456',
        '1969-12-31 23:59:59.999',
        '',
        'x',
        '2024-13-01',
        '24-01-01',
      ],
    ],
    ['%d.%m.%Y', ['29.02.2024', '30.02.2024', '1.2.1969', '01.02.24', '2024-01-01', '']],
    ['%m/%d/%y %H:%M', ['02/29/24 23:59', '1/2/69 0:00', '12/31/68 12:30', '13/01/24 00:00']],
    ['%Y-%m-%dT%H:%M:%S.%f', ['2024-02-29T01:02:03.5', '2024-02-29T01:02:03.123456', '2024-02-29T01:02:03']],
  ])('on texts that tell dates, of the form %s', async (format, texts) => {
    const table = tableSchema([column('t', 'text', { nullable: true })]);
    const { typed } = readExpression(format === undefined ? 'date(t)' : `date(t, '${format}')`, table);
    const { onnx, signature } = graphOf(typed!, table, 'result');
    const applied = (await runner.apply(onnx, signature, new Map([['t', texts]]), texts.length)).get('result')!;
    const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
    const values = texts.map((text) => `('${text}')`).join(', ');
    const own = await (await connection.runAndReadAll(`SELECT CAST(epoch_ms(${compileToSql(typed!)}) AS DOUBLE) FROM (VALUES ${values}) data(t)`)).getRows();
    expect([...applied].map((each) => (Number.isNaN(each) ? null : each))).toEqual(own.map(([each]) => each));
  });

  it.each([
    ['coalesce(missing, 0.5)', 0.5],
    ["'x'", 'x'],
    ['5 / 0', null],
    ['sqrt(-1)', null],
    ['ln(0)', null],
    ['-7.5 % 2', -1.5],
    ['round(-2.5)', -3],
    ['round(1234.567, -2)', 1200],
    ['if(1 / 0 > 2, 1, 2)', 2n],
    ['1 / 0 > 2 or true', true],
    ["replace('banana', 'an', '')", 'ba'],
    ["dateDiff(date('2024-01-01'), date('2024-03-01'))", 60],
    ["weekday(date('2024-01-01'))", 1n],
    ["length('🎈é')", 2n],
    ['gamma(5)', 24],
    ['0.1 + 0.2 = 0.3', true],
  ])('%s', async (source, expected) => {
    const connection = await database();
    const [[value]] = (await connection.runAndReadAll(`SELECT ${compileToSql(read(source).typed!)}`)).getRows() as [[unknown]];
    expect(typeof value === 'number' ? Math.round(value * 1e9) / 1e9 : value).toBe(expected);
  });
});
