import { expect, it } from 'vitest';
import { readValue } from './parameter-form.svelte.ts';

it('reads what was typed as the kind that the pipeline has there', () => {
  expect(readValue('n', '12', 3)).toBe(12);
  expect(readValue('n', '12', 'text')).toBe('12');
  expect(readValue('n', 'true', false)).toBe(true);
  expect(readValue('n', '${{event.version}}', 3)).toBe('${{event.version}}');
  expect(readValue('d', 'sales', { name: 'x', version: null })).toEqual({ name: 'sales', version: null });
  expect(readValue('d', 'sales:4', { name: 'x', version: null })).toEqual({ name: 'sales', version: 4 });
  expect(() => readValue('n', 'twelve', 3)).toThrow('“twelve” is not a number');
});
