import { expect, it } from 'vitest';
import { catalog } from '#nodes/catalog.ts';
import { mayReuse } from './step-key.ts';

it('takes no earlier result where the node type or its parameters ask for a fresh one', () => {
  const importData = catalog['import-data'];
  expect(mayReuse(importData, importData.params.parse({}))).toBe(true);
  expect(mayReuse(importData, importData.params.parse({ regenerate: true }))).toBe(false);
  expect(mayReuse(catalog['register-model'], {})).toBe(false);
});
