import { describe, expect, it } from 'vitest';
import { catalog } from '#nodes/catalog.ts';
import type { AnyNode } from '#nodes/kit/define.ts';
import { paramMetas } from '#nodes/kit/params.ts';
import { fieldValues } from './field-values.ts';

const shown = (type: keyof typeof catalog, params: Record<string, unknown>) => fieldValues(paramMetas((catalog[type] as AnyNode).params), { params });

describe('fieldValues', () => {
  it('fills in what a file may leave out', () => {
    const rules = [{ action: 'include', by: 'all' }];
    expect(shown('select-columns-in-dataset', { columns: { mode: 'rules', start: 'none', rules } }).columns).toEqual({
      mode: 'rules',
      start: 'none',
      rules: [{ ...rules[0], values: [] }],
    });
    expect(shown('split-data', {})).toMatchObject({ fraction: expect.any(Number) });
  });
  it('keeps a wrong number, so that it can be mended', () => {
    expect(shown('split-data', { fraction: 7 }).fraction).toBe(7);
  });
  it('shows the default in place of what a field cannot draw', () => {
    const usual = shown('select-columns-in-dataset', {}).columns;
    for (const columns of [
      7,
      'age',
      null,
      [],
      {},
      { mode: 'rules' },
      { mode: 'names', names: 'age' },
      { mode: 'rules', start: 'none', rules: [{ by: 'type', types: 1 }] },
    ])
      expect(shown('select-columns-in-dataset', { columns }).columns).toEqual(usual);
    expect(shown('split-data', { fraction: { deep: true } }).fraction).toBe(shown('split-data', {}).fraction);
  });
  it.each(Object.keys(catalog) as (keyof typeof catalog)[])('%s has its defaults', (type) => {
    expect(shown(type, {})).toEqual((catalog[type] as AnyNode).params.parse({}));
  });
});
