import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode, type Category, type Catalog } from '#nodes/kit/define.ts';
import { catalog as REAL } from '#nodes/catalog.ts';
import { byCategory, searchNames, searchNodes } from './library.ts';

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
    node('clean-missing-data', 'Clean Missing Data', 'Data transformation', ['fill', 'SimpleImputer'], { in: 'table', out: 'table' }),
    node('split-data', 'Split Data', 'Data transformation', ['sample'], { in: 'table', out: 'table' }),
    node('train-model', 'Train Model', 'Model training', ['random forest'], { in: 'table', out: 'model' }),
    node('score-model', 'Score Model', 'Model scoring and evaluation', ['apply', 'split'], { in: 'model', out: 'table' }),
  ].map((each) => [each.type, each]),
);
const titles = (typed: string): string[] => searchNodes(catalog, typed).map((each) => each.title);

describe('searchNodes', () => {
  it('finds by beginning of a word, in any order', () => {
    expect(titles('miss')).toEqual(['Clean Missing Data']);
    expect(titles('data split')[0]).toBe('Split Data');
  });
  it('takes a title before a keyword', () => {
    expect(titles('split')).toEqual(['Split Data', 'Score Model']);
  });
  it('takes words together or apart, in capitals, with hyphens and accents', () => {
    expect(titles('simple imputer')).toEqual(['Clean Missing Data']);
    expect(titles('SimpleImputer')).toEqual(['Clean Missing Data']);
    expect(titles('randomforest')).toEqual(['Train Model']);
    expect(titles('random-forést')).toEqual(['Train Model']);
  });
  it('finds by first letters and by keyword', () => {
    expect(titles('cmd')[0]).toBe('Clean Missing Data');
    expect(titles('fill')).toEqual(['Clean Missing Data']);
  });
  it('forgives letters that are wrong, but not where something fits as it is typed', () => {
    expect(titles('mising')).toEqual(['Clean Missing Data']);
    expect(titles('spilt')[0]).toBe('Split Data');
    expect(titles('traim modle')).toEqual(['Train Model']);
    expect(titles('missng dat')).toEqual(['Clean Missing Data']);
    expect(titles('score')).toEqual(['Score Model']);
  });
  it('finds nothing where one word fits nothing, and all where nothing is typed', () => {
    expect(titles('split zebra')).toEqual([]);
    expect(titles('xyz')).toEqual([]);
    expect(titles('')).toHaveLength(4);
  });
  it('takes the more used of equal ones first', () => {
    const uses = (type: string): number => (type === 'score-model' ? 3 : 0);
    expect(searchNodes(catalog, 'model', uses).map((each) => each.title)).toEqual(['Score Model', 'Train Model']);
    expect(searchNodes(catalog, 'model', (type) => 3 - uses(type)).map((each) => each.title)).toEqual(['Train Model', 'Score Model']);
  });
});

describe('the words of other tools', () => {
  const best = (typed: string): string | undefined => searchNodes(REAL, typed)[0]?.type;
  it.each([
    ['standard scaler', 'normalize-data'],
    ['StandardScaler', 'normalize-data'],
    ['MinMaxScaler', 'normalize-data'],
    ['OneHotEncoder', 'convert-to-indicator-values'],
    ['get dummies', 'convert-to-indicator-values'],
    ['SimpleImputer', 'clean-missing-data'],
    ['fillna', 'clean-missing-data'],
    ['Missing Value', 'clean-missing-data'],
    ['train_test_split', 'split-data'],
    ['Data Sampler', 'partition-and-sample'],
    ['Row Filter', 'filter-rows'],
    ['Column Filter', 'select-columns-in-dataset'],
    ['Joiner', 'join-data'],
    ['GroupBy', 'group-and-aggregate'],
    ['drop_duplicates', 'remove-duplicate-rows'],
    ['Duplicate Row Filter', 'remove-duplicate-rows'],
    ['CSV Reader', 'import-data'],
    ['read_csv', 'import-data'],
    ['Table Writer', 'save-as-dataset'],
    ['Column Rename', 'edit-metadata'],
    ['Test and Score', 'cross-validate-model'],
    ['ROC Curve', 'evaluate-model'],
    ['Confusion Matrix', 'evaluate-model'],
    ['GridSearchCV', 'tune-model-hyperparameters'],
    ['cross_val_score', 'cross-validate-model'],
    ['KBinsDiscretizer', 'group-data-into-bins'],
    ['TfidfVectorizer', 'extract-n-gram-features-from-text'],
    ['SelectKBest', 'filter-based-feature-selection'],
    ['predict_proba', 'score-model'],
    ['Predictor', 'score-model'],
    ['Math Formula', 'apply-math-operation'],
    ['String Manipulation', 'change-text'],
    ['Feature Constructor', 'derive-column'],
    ['Rule Engine', 'derive-column'],
    ['RandomForestRegressor', 'decision-forest-regression'],
    ['describe', 'summarize-data'],
    ['normalise', 'normalize-data'],
    ['normlaize', 'normalize-data'],
    ['logistc regresion', 'two-class-logistic-regression'],
  ])('%s → %s', (typed, type) => expect(best(typed)).toBe(type));
});

describe('searchNames', () => {
  const things = ['old telco', 'telco-churn', 'penguins'].map((name) => ({ name }));
  const names = (typed: string): string[] => searchNames(things, typed).map(({ name }) => name);
  it('takes the beginning of a name first, and forgives', () => {
    expect(names('telco')).toEqual(['telco-churn', 'old telco']);
    expect(names('pengiuns')).toEqual(['penguins']);
    expect(names('zebra')).toEqual([]);
    expect(names('')).toHaveLength(3);
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
