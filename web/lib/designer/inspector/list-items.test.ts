import { expect, it } from 'vitest';
import { cleanMissingData } from '#nodes/transform/clean-missing-data/node.ts';
import * as param from '#nodes/kit/params.ts';
import { isWide } from './list-items.ts';

it('choices that would be cut alike in half a line get a whole one', () => {
  const rules = param.paramMetas(cleanMissingData.params).find(({ name }) => name === 'rules')!.meta.widget;
  const wide = rules.kind === 'list' ? rules.fields.filter(isWide).map(({ name }) => name) : [];
  expect(wide).toEqual(['mode']);
});
