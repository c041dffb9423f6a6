import { describe, expect, it } from 'vitest';
import type { SignatureInput } from '#nodes/kit/signature.ts';
import { joinBatches } from './inference.ts';
import { readScoreRequest, toBatch, toResults } from './rows.ts';
import { Traffic } from './traffic.ts';

const inputs: SignatureInput[] = [
  { name: 'age', type: 'number', required: true },
  { name: 'member', type: 'boolean', required: false },
  { name: 'since', type: 'datetime', required: false },
  { name: 'city', type: 'category', required: false },
];

describe('rows of a request', () => {
  it('become one tensor column for each input, with null and absence as missing', () => {
    const { columns, rowCount } = toBatch(
      [
        { age: 1.5, member: true, since: '2026-01-01T00:00:00Z', city: 'Oslo' },
        { age: null, member: 0, city: null },
      ],
      inputs,
    );
    expect(rowCount).toBe(2);
    expect([...(columns.age as Float32Array)]).toEqual([1.5, NaN]);
    expect([...(columns.member as Float32Array)]).toEqual([1, 0]);
    expect((columns.since as Float32Array)[0]).toBe(Math.fround(Date.UTC(2026, 0, 1)));
    expect((columns.since as Float32Array)[1]).toBeNaN();
    expect(columns.city).toEqual(['Oslo', '']);
  });

  it.each([
    [{ age: '1' }, /Row 0, column "age": expected a number, got "1"/],
    [{ age: 1, member: 'yes' }, /"member": expected true or false/],
    [{ age: 1, member: 2 }, /"member": expected true or false/],
    [{ age: 1, city: 5 }, /"city": expected a text/],
    [{ age: 1, since: 'never' }, /"since": expected a date/],
    [{ age: 1, more: 1 }, /a column "more" that the model does not take/],
    [{}, /lacks the column "age"/],
    [{ age: 4e38 }, /expected a number/],
    [[1], /is not an object/],
  ])('are refused with row and column: %j', (row, message) => expect(() => toBatch([row], inputs)).toThrow(message));

  it('are found in each of the three forms', () => {
    expect(readScoreRequest([{}])).toEqual({ rows: [{}], form: 'own' });
    expect(readScoreRequest({ rows: [{}] })).toEqual({ rows: [{}], form: 'own' });
    expect(readScoreRequest({ Inputs: { any: [{}] } })).toEqual({ rows: [{}], form: 'azure' });
    for (const body of [null, 7, {}, { rows: {} }, [], { Inputs: { a: [{}], b: [{}] } }]) expect(() => readScoreRequest(body)).toThrow();
  });

  it('answer valid JSON also for NaN and for a column called __proto__', () => {
    const results = toResults(
      Object.assign(Object.create(null), { ['__proto__']: ['x'], p: Float32Array.of(NaN) }),
      [
        { name: '__proto__', type: 'category', role: 'score' },
        { name: 'p', type: 'number', role: 'score' },
      ],
      1,
    );
    expect(JSON.stringify(results)).toBe('[{"__proto__":"x","p":null}]');
  });

  it('of several requests are put below each other in order, with the graph’s columns alone', () => {
    const one = toBatch([{ age: 1, city: 'a' }], inputs);
    const two = toBatch([{ age: 2, city: 'b' }, { age: 3 }], inputs);
    const joined = joinBatches([one, two], new Set(['age', 'city']));
    expect(Object.keys(joined.columns)).toEqual(['age', 'city']);
    expect([...(joined.columns.age as Float32Array)]).toEqual([1, 2, 3]);
    expect(joined.columns.city).toEqual(['a', 'b', '']);
  });
});

describe('traffic', () => {
  it('gives quantiles within 5 % and forgets after an hour, also over saving', () => {
    const traffic = new Traffic();
    const now = Date.UTC(2026, 0, 1);
    for (let ms = 1; ms <= 100; ms++) traffic.add(now, ms, false);
    traffic.add(now, null, true);
    const { requests, errors, p50, p99 } = Traffic.from(JSON.parse(JSON.stringify(traffic))).summary(now);
    expect({ requests, errors }).toEqual({ requests: 101, errors: 1 });
    expect(p50! / 50).toBeGreaterThan(0.95);
    expect(p50! / 50).toBeLessThan(1.05);
    expect(p99! / 99).toBeGreaterThan(0.95);
    expect(p99! / 99).toBeLessThan(1.05);
    expect(traffic.summary(now + 2 * 3_600_000)).toEqual({ requests: 0, errors: 0, p50: null, p95: null, p99: null, perMinute: [] });
  });
});
