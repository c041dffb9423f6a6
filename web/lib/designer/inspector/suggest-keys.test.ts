import { describe, expect, it } from 'vitest';
import { tableOf, type TableSchema } from '#nodes/kit/table.ts';
import { offerKeys, suggestKeys, type KeyFacts } from './suggest-keys.ts';

const facts = (more: Partial<KeyFacts>): KeyFacts => ({ missing: 0, distinct: 10, minimum: null, maximum: null, top: null, ...more });
const side = (schema: TableSchema, known?: Record<string, KeyFacts>, rowCount?: number) => ({
  schema,
  facts: known && new Map(Object.entries(known)),
  rowCount,
});
const named = (left: ReturnType<typeof side>, right: ReturnType<typeof side>) =>
  suggestKeys(left, right).map((each) => `${each.left.name} = ${each.right.name} (${each.reason})`);

describe('suggested keys', () => {
  const orders = tableOf(
    { order_id: [1], customer_id: [1], city: ['Oslo'], amount: [1.5] },
    { order_id: { type: 'integer' }, customer_id: { type: 'integer' } },
  );
  const customers = tableOf({ CustomerId: [1], town: ['Oslo'], amount: ['x'] }, { CustomerId: { type: 'integer' } });

  it('go by names and types, without profiles', () => {
    expect(named(side(orders.schema), side(customers.schema))[0]).toBe('customer_id = CustomerId (similar name, tells rows apart)');
    expect(named(side(orders.schema), side(customers.schema)).join()).not.toContain('amount');
  });

  it('find columns of other names by their values', () => {
    const cities = facts({ top: [{ value: 'Oslo' }, { value: 'Rome' }] });
    const found = named(side(orders.schema, { city: cities }, 5), side(customers.schema, { town: cities }, 10));
    expect(found).toContain('city = town (common values, tells rows apart)');
  });

  it('leave out columns whose values cannot meet', () => {
    const left = side(orders.schema, { customer_id: facts({ minimum: 1, maximum: 9 }) }, 10);
    const right = side(customers.schema, { CustomerId: facts({ minimum: 100, maximum: 200 }) }, 10);
    expect(named(left, right)).toEqual([]);
  });

  it('do not take long for tables of very many columns', () => {
    const wide = tableOf(Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`c${at}`, [1]]))).schema;
    expect(suggestKeys(side(wide), side(wide))).toHaveLength(3);
  });
});

describe('keys beside the chosen ones', () => {
  const sales = tableOf({ shop: ['a'], day: ['x'], amount: [1.5] }).schema;
  const visits = tableOf({ shop: ['a'], day: ['x'], amount: [2.5], count: [3] }).schema;
  const pair = (name: string) => ({ left: sales.columns.find((each) => each.name === name)!, right: visits.columns.find((each) => each.name === name)! });
  const offered = (chosen: string[], met: Parameters<typeof offerKeys>[3]) => {
    const { further, suggestions } = offerKeys(side(sales), side(visits), chosen.map(pair), met);
    return [further, suggestions.map((each) => each.left.name)];
  };

  it('are others as long as none is chosen, or the chosen ones do not meet', () => {
    expect(offered([], undefined)).toEqual([false, ['shop', 'day', 'amount']]);
    expect(offered(['shop'], null)).toEqual([false, ['day', 'amount']]);
  });

  it('are none once the chosen ones meet, and until that is known', () => {
    expect(offered(['shop'], 'once')).toEqual([false, []]);
    expect(offered(['shop'], undefined)).toEqual([false, []]);
  });

  it('are further ones of equal name where rows multiply, but no measured ones', () => {
    expect(offered(['shop'], 'multiply')).toEqual([true, ['day']]);
    expect(offered(['shop', 'day'], 'multiply')).toEqual([true, []]);
  });
});
