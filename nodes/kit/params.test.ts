import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { columnsNamed } from './columns.ts';
import * as param from './params.ts';

const params = z.object({
  rate: param.number({ title: 'Rate', default: 0.5, above: 0, maximum: 1 }),
  trees: param.integer({ title: 'Trees', default: 100, minimum: 1, maximum: 1_000 }),
  mode: param.choice({ title: 'Mode', options: { mean: 'Mean', median: 'Median' }, default: 'median' }),
  columns: param.columns({ title: 'Columns', port: 'data', default: columnsNamed() }),
  seed: param.seed(),
  data: param.dataset({ title: 'Dataset' }),
});

describe('parameters', () => {
  it('all have a default', () =>
    expect(params.parse({})).toEqual({
      rate: 0.5,
      trees: 100,
      mode: 'median',
      columns: { mode: 'names', names: [] },
      seed: 0,
      data: { name: '', version: null },
    }));

  it.each([{ rate: 0 }, { rate: 1.1 }, { rate: NaN }, { trees: 1.5 }, { trees: 0 }, { mode: 'mode' }, { seed: -1 }, { data: { name: 'x', version: 0 } }])(
    'refuse %j',
    (value) => expect(params.safeParse(value).success).toBe(false),
  );

  it('tell the inspector how to draw them, in order', () => {
    const metas = param.paramMetas(params);
    expect(metas.map(({ name }) => name)).toEqual(Object.keys(params.shape));
    expect(metas[2]).toMatchObject({
      default: 'median',
      meta: {
        title: 'Mode',
        widget: {
          kind: 'choice',
          options: [
            { value: 'mean', title: 'Mean' },
            { value: 'median', title: 'Median' },
          ],
        },
      },
    });
    expect(metas[4]!.meta.advanced).toBe(true);
  });

  it('count only while what they depend on does', () => {
    const is = (param: string, ...is: string[]) => ({ shownWhen: { param, is } });
    const metas = new Map(Object.entries({ source: {}, format: is('source', 'file'), header: is('format', 'csv') }));
    const shown = (values: object) => [...metas].filter(([, meta]) => param.isShown(meta, (name) => metas.get(name), { ...values })).map(([name]) => name);
    expect(shown({ source: 'file', format: 'csv' })).toEqual(['source', 'format', 'header']);
    expect(shown({ source: 'file', format: 'json' })).toEqual(['source', 'format']);
    expect(shown({ source: 'table', format: 'csv' })).toEqual(['source']);
  });

  it('carry their limits into JSON Schema', () => {
    const { properties } = z.toJSONSchema(params, { io: 'input' });
    expect(properties).toMatchObject({ rate: { exclusiveMinimum: 0, maximum: 1, default: 0.5 }, mode: { enum: ['mean', 'median'] } });
  });
});
