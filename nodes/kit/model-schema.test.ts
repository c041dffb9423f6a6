import { expect, it } from 'vitest';
import { chooseLabel } from './model-schema.ts';
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
