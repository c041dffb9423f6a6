import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, canonicalStep, whyRun, type StepParts } from './signature.ts';
import { stubCatalog } from './stub-catalog.ts';

const parts: StepParts = { type: 'scale', version: 2, params: { method: 'zscore', factor: 1 }, inputs: { data: 'aa' }, assets: {} };
const always = { deterministic: true, force: false };

describe('step key', () => {
  test('does not depend on the order of keys, and is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(turned)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('changes with each part', () => {
    const texts = [
      parts,
      { ...parts, type: 'x' },
      { ...parts, version: 3 },
      { ...parts, params: { method: 'minmax', factor: 1 } },
      { ...parts, inputs: { data: 'bb' } },
      { ...parts, assets: { d: 'aa' } },
    ];
    expect(new Set(texts.map(canonicalStep)).size).toBe(texts.length);
  });
});

describe('why a step runs', () => {
  const why = (change: Partial<StepParts>, options = {}) => whyRun(parts, { ...parts, ...change }, { ...always, ...options });

  test('tells the reason in words', () => {
    expect(whyRun(null, parts, always)).toBe('never ran');
    expect(why({})).toBeNull();
    expect(why({ params: { method: 'minmax', factor: 1 } })).toBe('method changed from zscore to minmax');
    expect(why({ params: { method: 'minmax', factor: 1 } }, { definition: stubCatalog.scale })).toBe('Method changed from zscore to minmax');
    expect(why({ inputs: { data: 'bb' } }, { definition: stubCatalog.scale })).toBe('input changed: Dataset');
    expect(why({ inputs: {} })).toBe('input disconnected: data');
    expect(why({ version: 3 })).toBe('node type updated');
    expect(why({ assets: { 'dataset:churn': 'cc' } })).toBe('new version of churn');
    expect(why({}, { deterministic: false })).toBe('not deterministic');
    expect(why({}, { force: true })).toBe('forced');
    expect(why({ params: { a: 1, b: 2 }, inputs: {} })).toMatch(/; and \d more$/);
  });
});
