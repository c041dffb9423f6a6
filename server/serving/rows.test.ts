import { describe, expect, it } from 'vitest';
import type { SignatureInput } from '#nodes/kit/signature.ts';
import { FrameReader, readAnswer, readOrder, scoredFrame, scoreFrame } from './frames.ts';
import { readOwn } from './protocols/own.ts';
import { ResultWriter } from './results.ts';
import { RowReader } from './rows.ts';

const inputs: SignatureInput[] = [
  { name: 'age', type: 'number', required: true },
  { name: 'member', type: 'boolean', required: false },
  { name: 'city', type: 'category', required: false },
  { name: 'since', type: 'datetime', required: false },
];
const reader = new RowReader(inputs);

describe('rows of a request', () => {
  it('become a matrix of numbers and a column for each text, with null and absence as missing', () => {
    const { numbers, texts, rowCount } = reader.records([
      { age: 1.5, member: true, since: '2026-01-01T00:00:00Z', city: 'Oslo' },
      { age: null, member: 0, city: null },
    ]);
    expect(rowCount).toBe(2);
    expect([...numbers]).toEqual([1.5, 1, NaN, 0]);
    expect(texts).toEqual([
      ['Oslo', ''],
      ['2026-01-01T00:00:00.000Z', ''],
    ]);
  });

  it.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31 09:30', '2026-01-31T09:30:00.000Z'],
    [' 2026-01-31T09:30:00.5+02:00', '2026-01-31T07:30:00.500Z'],
    ['2026-01-31T09:30:00.123456789Z', '2026-01-31T09:30:00.123Z'],
    ['Sat, 31 Jan 2026 09:30:00 GMT', '2026-01-31T09:30:00.000Z'],
    [-1, '1969-12-31T23:59:59.999Z'],
    ['', ''],
    [null, ''],
  ])('have dates as texts in UTC: %j', (since, text) => expect(reader.records([{ age: 1, since }]).texts[1]).toEqual([text]));

  it.each([
    [{ age: '1' }, /Row 0, column "age": expected a number, got "1"/],
    [{ age: 1, member: 'yes' }, /"member": expected true or false/],
    [{ age: 1, member: 2 }, /"member": expected true or false/],
    [{ age: 1, city: 5 }, /"city": expected a text/],
    [{ age: 1, city: 'a\0b' }, /NUL/],
    [{ age: 1, city: 'a'.repeat(1_000_001) }, /"city": the text has 1000001 characters/],
    [{ age: 1, since: 'never' }, /"since": expected a date/],
    [{ age: 1, since: '2026-02-30' }, /"since": expected a date/],
    [{ age: 1, since: 1e20 }, /"since": expected a date/],
    [{ age: 1, more: 1 }, /a column "more" that the model does not take/],
    [{}, /lacks the column "age"/],
    [{ age: 4e38 }, /expected a number/],
    [[1], /is not an object/],
  ])('are refused with row and column: %j', (row, message) => expect(() => reader.records([row])).toThrow(message));

  it('may also come as values under names, in any order and with columns that the model does not take', () => {
    const { numbers, texts } = reader.split(['more', 'city', 'age'], [[0, 'Rome', 2]]);
    expect([...numbers]).toEqual([2, NaN]);
    expect(texts).toEqual([['Rome'], ['']]);
    expect(() => reader.split(['city'], [['Rome']])).toThrow(/"age" is missing/);
    expect(() => reader.split(['age', 'age'], [[1, 2]])).toThrow(/twice/);
    expect(() => reader.split(['age'], [[1, 2]])).toThrow(/Row 0 is not a list of 1/);
  });

  it('are found in each of the three forms', () => {
    expect(readOwn([{}])).toEqual({ rows: [{}], form: 'own' });
    expect(readOwn({ rows: [{}] })).toEqual({ rows: [{}], form: 'own' });
    expect(readOwn({ Inputs: { any: [{}] } })).toEqual({ rows: [{}], form: 'azure' });
    for (const body of [null, 7, {}, { rows: {} }, { Inputs: { a: [{}], b: [{}] } }, { Inputs: { a: 1 } }]) expect(() => readOwn(body)).toThrow();
    expect(() => reader.records([])).toThrow(/no rows/);
  });

  it('answer valid JSON also for NaN and for a column called __proto__', () => {
    const writer = new ResultWriter([
      { name: '__proto__', type: 'category', role: 'score' },
      { name: 'p', type: 'number', role: 'score' },
      { name: 'yes', type: 'boolean', role: 'score' },
      { name: 'at', type: 'datetime', role: 'score' },
      { name: 'note', type: 'text', role: 'score' },
    ]);
    expect(`[${writer.rows([['x', ''], Float32Array.of(NaN, 0.5), Float32Array.of(1, NaN), Float64Array.of(0, NaN), ['', '"']], 2)}]`).toBe(
      '[{"__proto__":"x","p":null,"yes":true,"at":"1970-01-01T00:00:00.000Z","note":""},{"__proto__":null,"p":0.5,"yes":null,"at":null,"note":"\\""}]',
    );
  });
});

describe('frames', () => {
  it('carry batches of several requests one below the other, however the bytes are cut', () => {
    const bytes = Buffer.concat([
      ...scoreFrame(7, [reader.records([{ age: 1, city: 'a' }]), reader.records([{ age: 2, city: 'ü€' }, { age: 3 }])]),
      ...scoreFrame(8, [reader.records([{ age: 4 }])]),
    ]);
    for (const size of [1, 3, 50, bytes.length]) {
      const frames = new FrameReader();
      const orders = [];
      for (let at = 0; at < bytes.length; at += size) for (const frame of frames.push(bytes.subarray(at, at + size))) orders.push(readOrder(frame));
      expect(orders).toEqual([
        {
          type: 'score',
          id: 7,
          rowCount: 3,
          numbers: Float32Array.of(1, NaN, 2, NaN, 3, NaN),
          texts: [
            ['a', 'ü€', ''],
            ['', '', ''],
          ],
        },
        { type: 'score', id: 8, rowCount: 1, numbers: Float32Array.of(4, NaN), texts: [[''], ['']] },
      ]);
    }
  });

  it('carry large batches without copying their numbers', () => {
    const ages = (count: number) => Array.from({ length: count }, (_, age) => ({ age, city: `c${age}` }));
    const batches = [reader.records(ages(400)), reader.records(ages(300))];
    const pieces = scoreFrame(9, batches);
    expect(pieces[1]!.buffer).toBe(batches[0]!.numbers.buffer);
    const [frame] = new FrameReader().push(Buffer.concat(pieces));
    const numbers = Float32Array.of(...batches[0]!.numbers, ...batches[1]!.numbers);
    expect(readOrder(frame!)).toEqual({ type: 'score', id: 9, rowCount: 700, numbers, texts: [0, 1].map((at) => batches.flatMap(({ texts }) => texts[at]!)) });
  });

  it('bring results back as they were, and refuse what is none', () => {
    const outputs = [Float32Array.of(1.5, NaN), Float64Array.of(1e300, 2), ['a\0', '"']];
    const [frame] = new FrameReader().push(scoredFrame(3, { outputs, computeMilliseconds: 0.25 }));
    expect(readAnswer(frame!)).toEqual({ type: 'scored', id: 3, outputs, computeMilliseconds: 0.25 });
    expect(() => [...new FrameReader().push(Buffer.alloc(8))]).toThrow();
    expect(() => [...new FrameReader().push(Buffer.alloc(8, 255))]).toThrow();
    expect(() => readAnswer(Buffer.from([99]))).toThrow();
    expect(() => readAnswer(frame!.subarray(0, frame!.length - 3))).toThrow();
  });
});
