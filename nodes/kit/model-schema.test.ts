import { expect, it } from 'vitest';
import { chooseLabel, scoredSchema } from './model-schema.ts';
import type { Signature } from './signature.ts';
import { column, tableSchema } from './table.ts';

const schema = tableSchema([column('churn', 'category'), column('tenure', 'integer')]);

it('a label whose name is nearly that of a column offers that column', () => {
  const { label, issues } = chooseLabel(schema, 'churm');
  expect(label).toBeUndefined();
  expect(issues).toMatchObject([{ code: 'column_missing', param: 'label', fix: { title: 'Use “churn”', set: { label: 'churn' } } }]);
});

it('a label whose name is like no other offers nothing', () => {
  const [issue] = chooseLabel(schema, 'revenue').issues;
  expect(issue).toMatchObject({ code: 'column_missing', param: 'label' });
  expect(issue!.fix).toBeUndefined();
});

it.each<[string, Partial<Signature>, string | undefined]>([
  ['learned without a label leaves the label where it is, so that its scores can be compared with it', {}, 'churn'],
  ['has a label gives the role to that one', { label: { name: 'tenure', type: 'integer' } }, 'tenure'],
  ['has a label that is not there takes the role away', { label: { name: 'revenue', type: 'number' } }, undefined],
])('scoring by a model that %s', (_what, parts, label) => {
  const data = tableSchema([column('churn', 'category', { role: 'label' }), column('tenure', 'integer')]);
  const { columns } = scoredSchema(data, { kind: 'model', inputs: [], outputs: [], drops: [], ...parts }, true);
  expect(columns.find(({ role }) => role === 'label')?.name).toBe(label);
});
