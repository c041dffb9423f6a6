import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { catalog as allNodes } from '#nodes/catalog.ts';
import { readDelimited } from '#nodes/kit/csv.ts';
import type { Catalog } from '#nodes/kit/define.ts';
import { column, isTextual, tableSchema, type ColumnSchema, type Columns } from '#nodes/kit/table.ts';
import { check } from '../check.ts';
import { CARD } from '../layout.ts';
import { createInference } from '../scoring.ts';
import { readDocument } from '../migrations/index.ts';
import { serialize } from '../serialize.ts';
import type { ColumnFigures, DatasetFacts } from './facts.ts';
import { guessLabels } from './label.ts';
import { propose, type Proposal } from './propose.ts';

const catalog: Catalog = allNodes;

function figures({ name, type }: ColumnSchema, values: Columns): ColumnFigures {
  const own = [...(values.get(name) as ArrayLike<number | string | null> & Iterable<number | string | null>)];
  const present = own.filter((value) => value !== null && !Number.isNaN(value));
  const numbers = present.filter((value) => typeof value === 'number');
  return {
    name,
    missing: own.length - present.length,
    distinct: new Set(present).size,
    minimum: isTextual(type) || numbers.length === 0 ? null : numbers.reduce((a, b) => Math.min(a, b)),
    maximum: isTextual(type) || numbers.length === 0 ? null : numbers.reduce((a, b) => Math.max(a, b)),
    lengths: isTextual(type) ? { mean: present.reduce((sum: number, value) => sum + String(value).length, 0) / Math.max(1, present.length) } : null,
    top: null,
  };
}

function factsOf(name: string, file: string): DatasetFacts {
  const { schema, rowCount, columns } = readDelimited(readFileSync(new URL(file, import.meta.url), 'utf8'));
  return { name, schema, rowCount, columns: schema.columns.map((each) => figures(each, columns)) };
}
/** Facts that no file has to be written for. */
const factsFrom = (rowCount: number, columns: readonly (readonly [ColumnSchema, Partial<ColumnFigures>])[]): DatasetFacts => ({
  name: 'things',
  rowCount,
  schema: tableSchema(columns.map(([schema]) => schema)),
  columns: columns.map(([{ name }, some]) => ({ name, missing: 0, distinct: 50, minimum: 0, maximum: 1_000_000, lengths: null, top: null, ...some })),
});
const checked = (facts: DatasetFacts, { document }: Proposal) =>
  check(document, { catalog, assets: { dataset: (name) => (name === facts.name ? facts.schema : undefined), file: () => undefined } });
const types = ({ document }: Proposal): string[] => document.nodes.map(({ type }) => type);
const treatmentOf = ({ decisions }: Proposal, name: string) => decisions.columns.find((each) => each.column === name)?.treatment;

const known = [
  { name: 'telco-churn', file: '../samples/data/telco-churn.csv', label: 'churn', task: 'two-class' },
  { name: 'breast-cancer', file: '../samples/data/breast-cancer.csv', label: 'Class', task: 'two-class' },
  { name: 'diamonds', file: '../samples/data/diamonds.csv', label: 'price', task: 'regression' },
  { name: 'penguins', file: '../../test/interop/data/penguins.csv', label: 'species', task: 'multiclass' },
  { name: 'ames-housing', file: '../../test/interop/data/ames-housing.csv', label: 'Sale_Price', task: 'regression' },
] as const;

describe.each(known)('$name', ({ name, file, label, task }) => {
  const facts = factsOf(name, file);
  const proposal = propose(facts, catalog);

  test('its label and task are guessed', () => expect([proposal.decisions.label, proposal.decisions.task]).toEqual([label, task]));
  test('checks without any issue', () => expect(checked(facts, proposal)).toEqual([]));
  test('both models could be served', () => {
    for (const { id } of proposal.document.nodes.filter(({ type }) => type === 'train-model')) {
      const assets = { dataset: () => facts.schema, file: () => undefined };
      expect(createInference(proposal.document, { catalog, assets, model: id }).issues.filter(({ level }) => level === 'error')).toEqual([]);
    }
  });
  test('stands tidily, and is written and read the same', () => {
    const places = Object.values(proposal.document.layout);
    const apart = places.every(([x, y], at) =>
      places.every(([a, b], other) => at === other || Math.abs(x - a) >= CARD.width || Math.abs(y - b) >= CARD.height),
    );
    expect([places.length, apart]).toEqual([proposal.document.nodes.length, true]);
    expect(serialize(readDocument(JSON.parse(serialize(proposal.document)), catalog).document!)).toBe(serialize(proposal.document));
  });
  test('every node belongs to a step that says why', () => {
    expect(proposal.steps.flatMap(({ nodes }) => nodes).sort()).toEqual(proposal.document.nodes.map(({ id }) => id).sort());
    expect(proposal.steps.every(({ title, why }) => title !== '' && why !== '')).toBe(true);
  });
  test('without a label it finds groups, without any issue', () => {
    const groups = propose(facts, catalog, { label: null });
    expect(groups.decisions.task).toBe('clustering');
    expect(types(groups)).toContain('k-means-clustering');
    expect(checked(facts, groups)).toEqual([]);
  });
});

test('an identifier by its name is left out, missing numbers are filled', () => {
  const proposal = propose(factsOf('breast-cancer', '../samples/data/breast-cancer.csv'), catalog);
  expect([treatmentOf(proposal, 'Id'), treatmentOf(proposal, 'Bare.nuclei')]).toEqual(['leave-out', 'fill']);
});

describe('odd data', () => {
  const odd = factsFrom(1_000, [
    [column('row', 'integer'), { distinct: 1_000, minimum: 1, maximum: 1_000 }],
    [column('when', 'datetime'), { distinct: 900 }],
    [column('note', 'text'), { distinct: 800, lengths: { mean: 120 } }],
    [column('city', 'text'), { distinct: 300, lengths: { mean: 8 } }],
    [column('code', 'text'), { distinct: 1_000, lengths: { mean: 12 } }],
    [column('same', 'number'), { distinct: 1 }],
    [column('empty', 'number'), { distinct: 3, missing: 950 }],
    [column('size', 'number'), { distinct: 400, missing: 10 }],
    [column('left', 'boolean'), { distinct: 2, missing: 20 }],
  ]);
  const proposal = propose(odd, catalog);

  test('each column gets what suits it', () => {
    const plans = Object.fromEntries(proposal.decisions.columns.map(({ column: name, treatment }) => [name, treatment]));
    expect(plans).toEqual({
      row: 'leave-out',
      when: 'date-parts',
      note: 'words',
      city: 'category',
      code: 'leave-out',
      same: 'leave-out',
      empty: 'leave-out',
      size: 'fill',
    });
    expect(proposal.decisions.label).toBe('left');
    expect(checked(odd, proposal)).toEqual([]);
  });
  test('rows without a label go', () =>
    expect(proposal.document.nodes.find(({ params }) => params.mode === 'remove-row')?.params.columns).toEqual({ mode: 'names', names: ['left'] }));
  test('a person decides otherwise', () => {
    const other = propose(odd, catalog, {
      label: 'size',
      treatments: { note: 'leave-out', left: 'leave-out', when: 'words' },
      baselines: ['linear'],
      share: 0.9,
    });
    expect([other.decisions.task, treatmentOf(other, 'note'), treatmentOf(other, 'when')]).toEqual(['regression', 'leave-out', 'date-parts']);
    expect(types(other)).not.toContain('boosted-decision-tree-regression');
    expect(other.document.nodes.find(({ type }) => type === 'split-data')?.params.fraction).toBe(0.9);
    expect(checked(odd, other)).toEqual([]);
  });
  test('a label or task that cannot be gives way', () => {
    expect(propose(odd, catalog, { label: 'when' }).decisions.task).toBe('clustering');
    expect(propose(odd, catalog, { label: 'gone' }).decisions.label).toBeNull();
    expect(propose(odd, catalog, { label: 'left', task: 'regression' }).decisions.task).toBe('two-class');
  });
  test('a role beats names and places', () => {
    const facts = factsFrom(100, [
      [column('target', 'number'), {}],
      [column('really', 'number', { role: 'label' }), {}],
      [column('price', 'number'), {}],
    ]);
    expect(guessLabels(facts)[0]).toMatchObject({ column: 'really', tasks: ['regression'], why: 'It has the label role.' });
  });
  test('names of what every object has are columns like others', () => {
    const facts = factsFrom(100, [
      [column('constructor', 'number'), {}],
      [column('__proto__', 'number'), { missing: 3 }],
      [column('label', 'boolean'), { distinct: 2 }],
    ]);
    expect(checked(facts, propose(facts, catalog, { treatments: {} }))).toEqual([]);
  });
  test('a table without rows or columns proposes groups and says so by its issues', () => {
    const facts = factsFrom(0, []);
    expect(propose(facts, catalog).decisions.label).toBeNull();
  });
});
