import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as param from '#nodes/kit/params.ts';
import { fieldHint } from './field-hint.ts';

function hint<S extends z.ZodType>(schema: S, changed: boolean): string {
  const [field] = param.paramMetas(z.object({ field: schema }));
  return fieldHint(field!.meta, field!.schema, field!.default, changed);
}

describe('fieldHint', () => {
  it('says range and unit of a number, and its default once it was changed', () => {
    const trees = param.integer({ title: 'Trees', default: 20, minimum: 1, maximum: 500, unit: 'trees' });
    expect(hint(trees, false)).toBe('1 – 500 trees');
    expect(hint(trees, true)).toBe('1 – 500 trees · default 20');
    expect(hint(param.integer({ title: 'Rounds', default: 20, minimum: 1, maximum: 10_000 }), false)).toBe('1 – 10,000');
    expect(hint(param.number({ title: 'Rate', default: 0.1, above: 0 }), false)).toBe('> 0');
    expect(hint(param.number({ title: 'Rate', default: 0.1, above: 0, maximum: 1 }), false)).toBe('> 0, ≤ 1');
    expect(hint(param.integer({ title: 'Any', default: 0 }), false)).toBe('');
    expect(hint(param.seed(), false)).toBe('≥ 0');
  });
  it('says the default of choices, switches and texts by their titles', () => {
    expect(hint(param.choice({ title: 'Method', options: { a: 'First', b: 'Second' }, default: 'b' }), true)).toBe('default Second');
    expect(hint(param.flag({ title: 'On', default: true }), true)).toBe('default on');
    expect(hint(param.text({ title: 'Name', default: 'data.csv' }), true)).toBe('default data.csv');
    expect(hint(param.text({ title: 'Name', default: '' }), true)).toBe('');
    expect(hint(param.numbers({ title: 'Values', default: [1, 2] }), true)).toBe('default 1, 2');
  });
});
