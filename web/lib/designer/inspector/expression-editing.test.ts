import { describe, expect, it } from 'vitest';
import { column, tableSchema } from '#nodes/kit/table.ts';
import { completeExpression, wrongRanges } from './expression-editing.ts';

const table = tableSchema([column('price', 'number'), column('total price', 'number'), column('__proto__', 'text')]);
const labels = (text: string, asked = false) => completeExpression(text, text.length, asked, table)?.options.map((each) => each.label);

describe('editing of expressions', () => {
  it('completes columns and functions from where the word begins', () => {
    const result = completeExpression('1 + pr', 6, false, table)!;
    expect(result.from).toBe(4);
    expect(result.options.map((each) => each.label)).toEqual(expect.arrayContaining(['price', '[total price]', '__proto__', 'round', 'coalesce', 'and']));
  });
  it('completes only columns in brackets, and nothing in texts', () => {
    expect(labels('[tot')).toEqual(['[price]', '[total price]', '[__proto__]']);
    expect(labels("city = 'pr")).toBeUndefined();
    expect(labels('price + ')).toBeUndefined();
    expect(labels('price + ', true)).toContain('price');
  });
  it('marks what is wrong within the text', () => {
    expect(wrongRanges('prise * 2', table)).toMatchObject([{ from: 0, to: 5 }]);
    expect(wrongRanges('price +', table)).toMatchObject([{ from: 6, to: 7 }]);
    expect(wrongRanges('price * 2', table)).toEqual([]);
    expect(wrongRanges('anything * 2', undefined)).toEqual([]);
  });
});
