import { describe, expect, it } from 'vitest';
import { allColumns, columnsNamed, columnsOfRole, columnsOfType, columnSelection, matchesPattern, selectColumns, type ColumnRule } from './columns.ts';
import { column, tableSchema } from './table.ts';

const schema = tableSchema([
  column('id', 'integer', { role: 'id' }),
  column('age', 'number'),
  column('city', 'category'),
  column('churn', 'category', { role: 'label' }),
]);
const names = (selection: Parameters<typeof selectColumns>[0]): readonly string[] => selectColumns(selection, schema).names;
const rule = (action: ColumnRule['action'], by: ColumnRule['by'], ...values: string[]): ColumnRule => ({ action, by, values });

describe('a choice of columns', () => {
  it('by name keeps the order given, once each, and tells what is missing', () => {
    expect(selectColumns(columnsNamed('city', 'age', 'city', 'gone'), schema)).toEqual({ names: ['city', 'age'], missing: ['gone'] });
  });
  it('by type and by role keeps the order of the table', () => {
    expect(names(allColumns)).toEqual(['id', 'age', 'city', 'churn']);
    expect(names(columnsOfType('category'))).toEqual(['city', 'churn']);
    expect(names(columnsOfRole('label', 'id'))).toEqual(['id', 'churn']);
  });
  it('lets the last rule win', () => {
    expect(names({ mode: 'rules', start: 'all', rules: [rule('exclude', 'type', 'category'), rule('include', 'name', 'churn')] })).toEqual([
      'id',
      'age',
      'churn',
    ]);
    expect(names({ mode: 'rules', start: 'none', rules: [rule('include', 'all'), rule('exclude', 'role', 'id')] })).toEqual(['age', 'city', 'churn']);
  });
  it('is checked when it is read', () => {
    expect(columnSelection.safeParse({ mode: 'names' }).success).toBe(false);
    expect(columnSelection.parse({ mode: 'rules', start: 'all' })).toEqual(allColumns);
  });

  it('by patterns and by positions', () => {
    expect(names({ mode: 'rules', start: 'none', rules: [rule('include', 'pattern', 'c*', '?ge')] })).toEqual(['age', 'city', 'churn']);
    expect(names({ mode: 'rules', start: 'all', rules: [rule('exclude', 'pattern', 'C*', '*', 'x')] })).toEqual([]);
    expect(names({ mode: 'rules', start: 'none', rules: [rule('include', 'position', '2-3')] })).toEqual(['age', 'city']);
    expect(names({ mode: 'rules', start: 'all', rules: [rule('exclude', 'position', '-1', '4-', 'x', '-')] })).toEqual(['age', 'city']);
    expect(names({ mode: 'rules', start: 'none', rules: [rule('include', 'position', '3', '3-2')] })).toEqual(['city']);
  });

  it.each([
    ['a.b', 'a.b', true],
    ['axb', 'a.b', false],
    ['😀x', '?x', true],
    ['', '*', true],
    ['aXbXc', 'a*c', true],
    ['aXbXc', 'a*b', false],
    ['a'.repeat(2_000), `${'a*'.repeat(200)}b`, false],
  ])('the name %j and the pattern %j', (name, pattern, expected) => {
    expect(matchesPattern(name, pattern)).toBe(expected);
  });
});
