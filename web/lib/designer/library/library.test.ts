import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode, type Category, type Catalog } from '#nodes/kit/define.ts';
import { byCategory, searchNodes } from './library.ts';

const node = (type: string, title: string, category: Category, keywords: string[], kinds: { in?: 'table' | 'model'; out?: 'table' | 'model' } = {}) =>
  defineNode({
    type,
    title,
    category,
    keywords,
    version: 1,
    family: 'transform',
    icon: 'ring',
    summary: '',
    inputs: kinds.in ? { first: { kind: kinds.in, title: 'In' } } : {},
    outputs: kinds.out ? { result: { kind: kinds.out, title: 'Out' } } : {},
    params: z.object({}),
    deterministic: true,
    infer: () => ({ outputs: {}, issues: [] }),
    atScoring: () => ({ as: 'identity' }),
  });

const catalog: Catalog = Object.fromEntries(
  [
    node('clean-missing-data', 'Clean Missing Data', 'Data transformation', ['fill'], { in: 'table', out: 'table' }),
    node('split-data', 'Split Data', 'Data transformation', ['sample'], { in: 'table', out: 'table' }),
    node('train-model', 'Train Model', 'Model training', [], { in: 'table', out: 'model' }),
    node('score-model', 'Score Model', 'Model scoring and evaluation', ['apply'], { in: 'model', out: 'table' }),
  ].map((each) => [each.type, each]),
);
const titles = (typed: string): string[] => searchNodes(catalog, typed).map((each) => each.title);

describe('searchNodes', () => {
  it('finds by beginning of a word, in any order', () => {
    expect(titles('miss')).toEqual(['Clean Missing Data']);
    expect(titles('data split')[0]).toBe('Split Data');
  });
  it('knows the words of other tools', () => {
    expect(titles('impute')[0]).toBe('Clean Missing Data');
    expect(titles('predict')[0]).toBe('Score Model');
  });
  it('finds by first letters and by keyword', () => {
    expect(titles('cmd')[0]).toBe('Clean Missing Data');
    expect(titles('fill')).toEqual(['Clean Missing Data']);
  });
  it('finds nothing where one word fits nothing, and all where nothing is typed', () => {
    expect(titles('split zebra')).toEqual([]);
    expect(titles('')).toHaveLength(4);
  });
});

describe('byCategory', () => {
  it('keeps the order of the catalogue and leaves out empty categories', () => {
    expect(byCategory(searchNodes(catalog, '')).map((each) => [each.category, each.nodes.length])).toEqual([
      ['Data transformation', 2],
      ['Model training', 1],
      ['Model scoring and evaluation', 1],
    ]);
  });
});
