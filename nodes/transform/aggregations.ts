import { z } from 'zod';
import { problem, type Issue } from '../kit/issues.ts';
import { list } from '../kit/params.ts';
import { column, findColumn, type ColumnSchema, type TableSchema } from '../kit/table.ts';
import { FUNCTION_NAMES, functionOf } from './aggregate-functions.ts';
import { freeName } from './choose-columns.ts';
import { missingColumnOf } from './list-columns.ts';

const aggregation = z.object({
  function: z.enum(FUNCTION_NAMES).default('count'),
  column: z.string().default(''),
  quantile: z.number().min(0).max(1).default(0.9),
  name: z.string().max(500).default(''),
});
export type Aggregation = z.output<typeof aggregation>;

/** A list of figures, each a function of a column. */
export const aggregationList = (common: Pick<Parameters<typeof list>[0], 'title' | 'help'>) =>
  list({
    ...common,
    port: 'data',
    item: 'an aggregation',
    schema: aggregation,
    fields: [
      { name: 'function', title: 'Function', as: 'choice', options: FUNCTION_NAMES.map((value) => ({ value, title: functionOf(value).title })) },
      { name: 'column', title: 'Column', as: 'column', optional: true },
      { name: 'quantile', title: 'Quantile', as: 'number', minimum: 0, maximum: 1, step: 0.05, shownWhen: { field: 'function', is: ['quantile'] } },
      { name: 'name', title: 'New name', as: 'text', placeholder: 'by column and function' },
    ],
  });

export interface Figure {
  readonly each: Aggregation;
  /** Null: rows are counted. */
  readonly of: ColumnSchema | null;
  readonly schema: ColumnSchema;
}

/** The figures that can be made, each with its column; names that are not given come of column and function. */
export function figuresOf(aggregations: readonly Aggregation[], data: TableSchema, groups: readonly ColumnSchema[]): Figure[] {
  const taken = new Set([...groups, ...aggregations.filter((each) => each.name !== '')].map((each) => each.name.toLowerCase()));
  return aggregations.flatMap((each) => {
    const of = each.column === '' ? null : (findColumn(data, each.column) ?? undefined);
    if (of === undefined || (of === null && each.function !== 'count')) return [];
    const { type: typeOf, suffix, nullable } = functionOf(each.function);
    const type = of ? typeOf(of.type) : 'integer';
    if (!type) return [];
    const name = each.name !== '' ? each.name : freeName(of ? `${of.name}_${suffix}` : 'count', taken);
    return [{ each, of, schema: column(name, type, { nullable: nullable && of !== null }) }];
  });
}

export function aggregationIssues(param: string, aggregations: readonly Aggregation[], data: TableSchema, groups: readonly ColumnSchema[]): Issue[] {
  const place = { param };
  const names = new Set(groups.map((each) => each.name.toLowerCase()));
  return aggregations.flatMap((each, index) => {
    const issues: Issue[] = [];
    const without = { title: `Remove aggregation ${index + 1}`, set: { [param]: aggregations.filter((other) => other !== each) } };
    const { title, type } = functionOf(each.function);
    if (each.name !== '') {
      if (names.has(each.name.toLowerCase()))
        issues.push(problem('column_duplicate', `Two columns would have the name “${each.name}”. Give aggregation ${index + 1} another.`, place));
      names.add(each.name.toLowerCase());
    }
    if (each.column === '') {
      if (each.function !== 'count')
        issues.push(problem('parameter_missing', `Choose the column of aggregation ${index + 1}, ${title.toLowerCase()}.`, { ...place, fix: without }));
      return issues;
    }
    const of = findColumn(data, each.column);
    if (!of) return data.open ? issues : [...issues, missingColumnOf(param, aggregations, index, data)];
    if (!type(of.type)) issues.push(problem('column_wrong_type', `${title} needs numbers, but “${of.name}” is ${of.type}.`, { ...place, fix: without }));
    return issues;
  });
}
