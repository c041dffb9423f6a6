import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runNode } from '#test/support/run-node.ts';
import { cellsOf, KEY, keys, plain, rows, tableWith, VALUE, type Cell, type Row } from '#test/support/small-tables.ts';
import { columnsNamed } from '../kit/columns.ts';
import { column, memoryTable, tableSchema, type Table } from '../kit/table.ts';
import { addColumns } from './add-columns/node.ts';
import { addRows } from './add-rows/node.ts';
import { changeText } from './change-text/node.ts';
import { dateParts } from './date-parts/node.ts';
import { filterRows } from './filter-rows/node.ts';
import { groupAndAggregate } from './group-and-aggregate/node.ts';
import { joinData } from './join-data/node.ts';
import { removeDuplicateRows } from './remove-duplicate-rows/node.ts';
import { splitColumn } from './split-column/node.ts';

const settings = { numRuns: 15 };
const both = ({ key, value }: Row): Cell[] => [key, plain(value)];
const texts = fc.array(
  fc.oneof(
    keys,
    fc.constantFrom(' a , b ', ',', 'a,,b', 'É é ', 'a\u00a0b', '\tx\n', "it's;,'", 'straße İ', '😀,😀'),
    fc.string({ maxLength: 6, unit: 'grapheme' }),
  ),
  { minLength: 1, maxLength: 10 },
);
const NAME = 'a "b", it\'s';
const textTable = (values: readonly (string | null)[]): Table =>
  memoryTable(tableSchema([column(NAME, 'text', { nullable: true })]), new Map([[NAME, [...values]]]));

describe('on small random tables', () => {
  it('Join Data by numbers equals a loop; not-a-number has no partner, −0 is 0', async () => {
    const property = fc.asyncProperty(rows, rows, async (left, right) => {
      const expected = left.flatMap((one) => right.filter((other) => one.value === other.value).map((other) => [...both(one), ...both(other)]));
      const params = { leftKeys: columnsNamed(VALUE), rightKeys: columnsNamed('other') };
      const run = await runNode(joinData, { left: tableWith(left), right: tableWith(right, 'other') }, params);
      expect(await cellsOf(run.outputs.data as Table)).toEqual(expected);
    });
    await fc.assert(property, settings);
  });

  it('Join Data by two keys, and with no regard to case, equals a loop', async () => {
    const property = fc.asyncProperty(rows, rows, async (left, right) => {
      const same = (one: Row, other: Row) => one.key !== null && one.key.toLowerCase() === other.key?.toLowerCase() && one.value === other.value;
      const expected = left.flatMap((one) => {
        const partners = right.filter((other) => same(one, other));
        return partners.length > 0 ? partners.map((other) => [...both(one), ...both(other)]) : [[...both(one), null, null]];
      });
      const params = { joinType: 'left', matchCase: false, leftKeys: columnsNamed(KEY, VALUE), rightKeys: columnsNamed(KEY, 'other') };
      const run = await runNode(joinData, { left: tableWith(left), right: tableWith(right, 'other') }, params);
      expect(await cellsOf(run.outputs.data as Table)).toEqual(expected);
    });
    await fc.assert(property, settings);
  });

  it('Group and Aggregate by a number gives sums, means and spreads as a loop does', async () => {
    const modest = rows.map((table) => table.map(({ key, value }) => ({ key, value: Math.abs(value) > 1e9 ? 3 : value })));
    const property = fc.asyncProperty(modest, async (table) => {
      const groups = Map.groupBy(table, ({ value }) => (Number.isNaN(value) ? null : value + 0));
      const measured = [...groups].map(([group, members]): Cell[] => {
        const values = members.flatMap(({ key }) => (key === null ? [] : [key.length]));
        if (values.length === 0) return [group, null, null, null, null, null, null];
        const sum = values.reduce((a, b) => a + b, 0);
        const mean = sum / values.length;
        const sorted = values.toSorted((a, b) => a - b);
        const at = (share: number): number => {
          const place = share * (sorted.length - 1);
          return sorted[Math.floor(place)]! + (sorted[Math.ceil(place)]! - sorted[Math.floor(place)]!) * (place % 1);
        };
        const variance = values.length > 1 ? values.reduce((total, each) => total + (each - mean) ** 2, 0) / (values.length - 1) : null;
        return [group, sum, mean, at(0.5), at(0.3), variance === null ? null : Math.sqrt(variance), variance];
      });
      const schema = tableSchema([column(VALUE, 'number', { nullable: true }), column('__proto__', 'integer', { nullable: true })]);
      const data = memoryTable(
        schema,
        new Map([
          [VALUE, Float64Array.from(table, ({ value }) => value)],
          ['__proto__', Float64Array.from(table, ({ key }) => (key === null ? NaN : key.length))],
        ]),
      );
      const functions = [['sum'], ['mean'], ['median'], ['quantile', 0.3], ['standardDeviation'], ['variance']] as const;
      const aggregations = functions.map(([name, quantile]) => ({ function: name, column: '__proto__', ...(quantile && { quantile }) }));
      const found = await cellsOf((await runNode(groupAndAggregate, { data }, { groupBy: columnsNamed(VALUE), aggregations })).outputs.data as Table);
      expect(found.length).toBe(measured.length);
      for (const [place, cells] of found.entries())
        for (const [at, cell] of cells.entries()) {
          const other = measured[place]![at]!;
          if (typeof cell === 'number' && typeof other === 'number') expect(cell).toBeCloseTo(other, 9);
          else expect(cell).toBe(other);
        }
    });
    await fc.assert(property, settings);
  });

  it('Remove Duplicate Rows keeps the first or the last of equal rows', async () => {
    const property = fc.asyncProperty(rows, fc.boolean(), fc.constantFrom([KEY], [VALUE], [KEY, VALUE]), async (table, retainFirst, names) => {
      const identity = (each: Row): string => names.map((name) => JSON.stringify(name === KEY ? each.key : plain(each.value))).join(' ');
      const cells = table.filter((each, at) => {
        const isTwin = (other: Row, place: number) => (retainFirst ? place < at : place > at) && identity(other) === identity(each);
        const isMissing = names.some((name) => (name === KEY ? !each.key : Number.isNaN(each.value)));
        return isMissing || !table.some(isTwin);
      });
      const run = await runNode(removeDuplicateRows, { data: tableWith(table) }, { keys: columnsNamed(...names), retainFirst });
      expect(await cellsOf(run.outputs.data as Table)).toEqual(cells.map(both));
    });
    await fc.assert(property, settings);
  });

  it('Add Rows puts one table under the other by name, Add Columns beside it', async () => {
    const property = fc.asyncProperty(rows, rows, async (one, two) => {
      const [left, right] = [tableWith(one), tableWith(two, 'other')];
      const under = await runNode(addRows, { first: left, second: right });
      expect(await cellsOf(under.outputs.data as Table)).toEqual([
        ...one.map(({ key, value }) => [key, plain(value), null]),
        ...two.map(({ key, value }) => [key, null, plain(value)]),
      ]);
      const beside = await runNode(addColumns, { left, right });
      const data = beside.outputs.data as Table;
      const length = Math.max(one.length, two.length);
      expect(data.schema.columns.map(({ name }) => name)).toEqual([`${KEY}_1`, VALUE, `${KEY}_2`, 'other']);
      const side = (table: readonly Row[], at: number): Cell[] => (table[at] ? both(table[at]) : [null, null]);
      expect(await cellsOf(data)).toEqual(Array.from({ length }, (_, at) => [...side(one, at), ...side(two, at)]));
    });
    await fc.assert(property, settings);
  });

  it('Filter Rows equals a comparison of each row, which a missing value never meets', async () => {
    const operators: Readonly<Record<string, (a: number, b: number) => boolean>> = {
      equal: (a, b) => a === b,
      notEqual: (a, b) => a !== b,
      less: (a, b) => a < b,
      atMost: (a, b) => a <= b,
      greater: (a, b) => a > b,
      atLeast: (a, b) => a >= b,
    };
    const limits = fc.constantFrom(0, -1.5, 2 ** 53, 1e300, -1e-300);
    const property = fc.asyncProperty(rows, fc.constantFrom(...Object.keys(operators)), limits, keys, async (table, operator, limit, level) => {
      const numeric = table.filter(({ value }) => !Number.isNaN(value) && operators[operator]!(value, limit));
      const byNumber = await runNode(
        filterRows,
        { data: tableWith(table) },
        { mode: 'conditions', conditions: [{ column: VALUE, operator, value: String(limit) }] },
      );
      expect(await cellsOf(byNumber.outputs.data as Table), `${operator} ${limit}`).toEqual(numeric.map(both));
      if (level === null || level.trim() !== level || level === '') return;
      const textual = table.filter(({ key }) => key === level);
      const byText = await runNode(
        filterRows,
        { data: tableWith(table) },
        { mode: 'conditions', conditions: [{ column: KEY, operator: 'equal', value: level }] },
      );
      expect(await cellsOf(byText.outputs.data as Table)).toEqual(textual.map(both));
    });
    await fc.assert(property, settings);
  });
});

describe('on random texts', () => {
  it('Split Column equals a split by the delimiter', async () => {
    const property = fc.asyncProperty(texts, fc.integer({ min: 1, max: 3 }), fc.boolean(), async (values, parts, keep) => {
      const expected = values.map((text): Cell[] => {
        if (text === null) return [null, ...Array.from({ length: parts }, () => null)];
        const all = text.split(',');
        const cut = keep && all.length > parts ? [...all.slice(0, parts - 1), all.slice(parts - 1).join(',')] : all;
        return [text, ...Array.from({ length: parts }, (_, at) => cut[at] ?? null)];
      });
      const run = await runNode(splitColumn, { data: textTable(values) }, { column: NAME, parts, trim: false, rest: keep ? 'keep' : 'drop' });
      const empty = (cell: Cell): Cell => (cell === '' ? null : cell);
      expect((await cellsOf(run.outputs.data as Table)).map((cells) => cells.map(empty))).toEqual(expected.map((cells) => cells.map(empty)));
    });
    await fc.assert(property, settings);
  });

  it('Change Text trims and replaces as JavaScript does', async () => {
    const operations: Readonly<Record<string, (text: string) => string>> = {
      trim: (text) => text.replace(/^[\s\p{Z}]+|[\s\p{Z}]+$/gu, ''),
      collapse: (text) => text.replace(/[\s\p{Z}]+/gu, ' ').replace(/^ | $/g, ''),
      replace: (text) => text.replaceAll(',', () => '\\1$&'),
    };
    const property = fc.asyncProperty(texts, fc.constantFrom(...Object.keys(operations)), async (values, operation) => {
      const run = await runNode(changeText, { data: textTable(values) }, { operation, find: ',', replacement: '\\1$&' });
      const empty = (cell: Cell): Cell => (cell === '' ? null : cell);
      const expected = values.map((text) => [empty(text === null ? null : operations[operation]!(text))]);
      expect((await cellsOf(run.outputs.data as Table)).map((cells) => cells.map(empty))).toEqual(expected);
    });
    await fc.assert(property, settings);
  });
});

it('Date Parts equals what JavaScript tells of dates, before 1970 too', async () => {
  const dates = fc.array(fc.oneof(fc.constantFrom(NaN, 0, -1, -86_400_000, Date.UTC(2024, 1, 29, 23, 59, 59, 999)), fc.integer({ min: -4e12, max: 4e12 })), {
    minLength: 1,
    maxLength: 10,
  });
  const property = fc.asyncProperty(dates, async (times) => {
    const data = memoryTable(tableSchema([column(NAME, 'datetime', { nullable: true })]), new Map([[NAME, Float64Array.from(times)]]));
    const params = { quarter: true, week: true, minute: true, weekend: true, unix: true, overwrite: true };
    const run = await runNode(dateParts, { data }, params);
    const parts: Readonly<Record<string, (date: Date) => number>> = {
      year: (date) => date.getUTCFullYear(),
      quarter: (date) => Math.floor(date.getUTCMonth() / 3) + 1,
      month: (date) => date.getUTCMonth() + 1,
      week: (date) => {
        // Of ISO 8601: the week of the Thursday.
        const thursday = new Date(date.getTime());
        thursday.setUTCDate(date.getUTCDate() + 3 - ((date.getUTCDay() + 6) % 7));
        const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
        return 1 + Math.floor((thursday.getTime() - first) / 604_800_000);
      },
      day: (date) => date.getUTCDate(),
      weekday: (date) => ((date.getUTCDay() + 6) % 7) + 1,
      hour: (date) => date.getUTCHours(),
      minute: (date) => date.getUTCMinutes(),
      weekend: (date) => Number(date.getUTCDay() % 6 === 0),
      unix: (date) => Math.floor(date.getTime() / 1_000),
    };
    const found = await (run.outputs.data as Table).read();
    expect([...found.keys()]).toEqual(Object.keys(parts).map((part) => `${NAME}-${part}`));
    for (const [part, of] of Object.entries(parts))
      expect([...(found.get(`${NAME}-${part}`) as Float64Array)], part).toEqual(times.map((time) => (Number.isNaN(time) ? NaN : of(new Date(time)))));
  });
  await fc.assert(property, settings);
});
