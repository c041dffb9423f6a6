import fc from 'fast-check';
import '#test/support/fixed-seed.ts';
import { expect, it } from 'vitest';
import { atOnce } from '#pipelines/paused.ts';
import { parsedJson } from './json-slices.ts';

const read = (text: string): unknown => atOnce(parsedJson(Buffer.from(text)));
/** Large enough to be cut into chunks. */
const wide = (value: unknown, times = 4_000): unknown[] => Array.from({ length: times }, () => value);

it('gives what a plain parse gives, for any value and any spaces', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 2, '\t\n\r '), (value, spaces) => {
      for (const each of [value, [value, wide(value, 500)], { rows: wide(value, 500), 'a"\\b,]}': value, __proto__: null }]) {
        const text = JSON.stringify(each, null, spaces);
        expect(read(text)).toEqual(JSON.parse(text));
      }
    }),
    { numRuns: 60 },
  );
});

it('reads large rows in each place where protocols have them, with pauses', () => {
  const rows = wide({ city: 'São "Paulo", {[', x: [1.5, null, true] });
  for (const body of [
    rows,
    { rows },
    { Inputs: { WebServiceInput0: rows } },
    {
      inputs: [
        { name: 'x', data: wide([1]) },
        { name: 'y', data: rows },
      ],
      id: 'a',
    },
    [[rows], rows, 1],
  ]) {
    const text = JSON.stringify(body);
    const work = parsedJson(Buffer.from(text));
    let pauses = 0;
    let step = work.next();
    for (; !step.done; step = work.next()) pauses++;
    expect(step.value).toEqual(JSON.parse(text));
    expect(pauses).toBeGreaterThan(2);
  }
});

it('reads one long text, a name like __proto__, and what is nested deep', () => {
  const long = JSON.stringify([{ text: 'é,]"'.repeat(100_000) }, 1]);
  expect(read(long)).toEqual(JSON.parse(long));
  const proto = `{"__proto__": [${'1,'.repeat(100_000)}1], "a": 1, "a": 2}`;
  const record = read(proto) as object;
  expect([Object.keys(record), Object.getPrototypeOf(record) === Object.prototype]).toEqual([['__proto__', 'a'], true]);
  const deep = `${'['.repeat(1_000)}${'1,'.repeat(100_000)}1${']'.repeat(1_000)}`;
  expect(read(deep)).toEqual(JSON.parse(deep));
});

it('refuses what a plain parse refuses', () => {
  const many = '{"x":1},'.repeat(20_000);
  const bad = ['', ' ', '[', '[1,]', '[,1]', '[1 2]', '{"a"}', '{"a":1,}', '{,}', '[1]]', '[1}', '{"a":1]', '"a', '[1],', 'nul', '[01]', '{a:1}', '[1]x'];
  for (const text of [
    ...bad,
    ...bad.map((each) => `{"rows":[${many}{}],"more":${each || '?'}}`),
    `[${many}]`,
    `[${many}{}`,
    `[${many}1}`,
    `{"a":[${many}{}]`,
    `[${many},{}]`,
  ]) {
    expect(() => JSON.parse(text) as unknown, text.slice(-40)).toThrow();
    expect(() => read(text), text.slice(-40)).toThrow(/not valid JSON near byte/);
  }
});
