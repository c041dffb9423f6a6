import { expect, test } from 'vitest';
import { check } from './check.ts';
import { oddText, oddValue, unkeepable } from './odd-values.ts';
import { documentOf, stubAssets, stubCatalog } from './stub-catalog.ts';

test('texts that could not be stored are named', () => {
  expect(oddText('ordinary ümlaut 🙂 \t\n')).toBeNull();
  expect(oddText('ab\0c')).toContain('Character 3');
  expect(oddText('cut \ud83d')).toContain('half of a character pair');
});

test('the length of all texts and keys counts', () => {
  expect(oddValue({ a: 'x'.repeat(100), b: [1, null, true] }, 200)).toBeNull();
  expect(oddValue({ a: 'x'.repeat(100), b: ['y'.repeat(101)] }, 200)).toContain('at most');
  expect(oddValue({ ['k'.repeat(201)]: 1 }, 200)).toContain('at most');
  expect(oddValue({ a: ['fine', 'not\0'] })).toContain('NUL');
});

test('what lies too deep or has a name of all objects cannot be kept', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  expect(unkeepable({ nodes: [{ params: { deep } }] })).toMatchObject({ path: ['nodes', 0, 'params', 'deep', 0, 0], why: expect.stringContaining('levels') });
  expect(unkeepable({ nodes: [{ params: JSON.parse('{"__proto__":1}') as unknown }] })).toMatchObject({ path: ['nodes', 0, 'params', '__proto__'] });
  expect(unkeepable({ constructor: { prototype: 1 } })).toBeNull();
});

test('a check names node and parameter', () => {
  const document = documentOf(['a:source', 'b:scale'], ['a -> b'], {
    b: { tag: 'x\0', factor: 2 },
    a: { dataset: { name: 'p'.repeat(300_000), version: null } },
  });
  expect(check(document, { catalog: stubCatalog, assets: stubAssets })).toMatchObject([
    {
      code: 'parameter_invalid',
      node: 'a',
      param: 'dataset',
      message: expect.stringContaining('Dataset: It has 301 thousand characters; at most 263 thousand'),
    },
    { code: 'parameter_invalid', node: 'b', param: 'tag', message: expect.stringContaining('NUL') },
  ]);
});
