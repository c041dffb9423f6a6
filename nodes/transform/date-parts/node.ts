import { z } from 'zod';
import { columnsOfType } from '../../kit/columns.ts';
import { defineNode, quoteName } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { expressionInSql } from '../../kit/expression/expression.ts';
import { printName } from '../../kit/expression/tree.ts';
import * as param from '../../kit/params.ts';
import { column, tableSchema, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { chooseColumns, describeSelection, freeName, takenNames, wrongType } from '../choose-columns.ts';
import { rowByRow, withName } from '../rows-in-sql.ts';
import { stepsBeside } from '../steps-beside.ts';

interface Part {
  readonly title: string;
  /** The part of a date as an expression (kit/expression), when it is not the function of its name. */
  readonly expression?: (date: string) => string;
  readonly chosen: boolean;
  /** After so many it begins anew, and from this number: what sine and cosine are made of. */
  readonly cycle?: { readonly length: number; readonly from: number };
}

const PARTS = {
  year: { title: 'Year', chosen: true },
  quarter: { title: 'Quarter', chosen: false, cycle: { length: 4, from: 1 } },
  month: { title: 'Month', chosen: true, cycle: { length: 12, from: 1 } },
  week: { title: 'Week', chosen: false },
  day: { title: 'Day', chosen: true },
  weekday: { title: 'Weekday', chosen: true, cycle: { length: 7, from: 1 } },
  hour: { title: 'Hour', chosen: true, cycle: { length: 24, from: 0 } },
  minute: { title: 'Minute', chosen: false, cycle: { length: 60, from: 0 } },
  weekend: { title: 'Is weekend', expression: (date) => `weekday(${date}) >= 6`, chosen: false },
  unix: { title: 'Unix seconds', chosen: false },
} as const satisfies Readonly<Record<string, Part>>;
type PartName = keyof typeof PARTS;
const PART_NAMES = Object.keys(PARTS) as PartName[];

const flag = (name: PartName) => param.flag({ title: PARTS[name].title, default: PARTS[name].chosen });
const params = z.object({
  columns: param.columns({ title: 'Columns', port: 'data', types: ['datetime'], default: columnsOfType('datetime') }),
  year: flag('year'),
  quarter: flag('quarter'),
  month: flag('month'),
  week: flag('week'),
  day: flag('day'),
  weekday: flag('weekday'),
  hour: flag('hour'),
  minute: flag('minute'),
  weekend: flag('weekend'),
  unix: flag('unix'),
  cyclic: param.flag({
    title: 'Sine and cosine of what returns',
    help: 'For quarter, month, weekday, hour and minute also two numbers that bring December next to January.',
    default: false,
  }),
  overwrite: param.flag({ title: 'Leave out the columns themselves', default: false }),
});
type DateParams = z.output<typeof params>;

interface Added {
  readonly schema: ColumnSchema;
  /** See kit/expression. */
  readonly expression: string;
}
interface Plan {
  readonly kept: readonly ColumnSchema[];
  readonly added: readonly Added[];
  readonly issues: readonly Issue[];
}

function plan(data: TableSchema, chosen: DateParams): Plan {
  const { columns, issues } = chooseColumns(chosen.columns, data);
  const dates = columns.filter((each) => each.type === 'datetime');
  const names = PART_NAMES.filter((each) => chosen[each]);
  const found = [
    ...issues,
    ...wrongType(
      columns.filter((each) => each.type !== 'datetime'),
      columns,
      'not a date or time. Make it one with Edit Metadata first, or leave it out.',
    ),
  ];
  if (names.length === 0) found.push(problem('parameter_missing', 'Choose at least one part of the dates.'));
  const gone = new Set(chosen.overwrite ? dates.map(({ name }) => name) : []);
  const kept = data.columns.filter(({ name }) => !gone.has(name));
  const taken = takenNames(tableSchema(kept));
  const added = dates.flatMap((date) => names.flatMap((name) => partColumns(date, name, chosen.cyclic, taken)));
  return { kept, added, issues: found };
}

function partColumns({ name: source, nullable }: ColumnSchema, name: PartName, cyclic: boolean, taken: Set<string>): Added[] {
  const part: Part = PARTS[name];
  const date = printName(source);
  const expression = part.expression?.(date) ?? `${name}(${date})`;
  const whole: Added = { schema: column(freeName(`${source}-${name}`, taken), name === 'weekend' ? 'boolean' : 'integer', { nullable }), expression };
  const { cycle } = part;
  if (!cyclic || !cycle) return [whole];
  const waves = (['sin', 'cos'] as const).map((wave) => ({
    schema: column(freeName(`${source}-${name}-${wave}`, taken), 'number', { nullable }),
    expression: `${wave}((${expression} - ${cycle.from}) * ${(2 * Math.PI) / cycle.length})`,
  }));
  return [whole, ...waves];
}

export const dateParts = defineNode({
  type: 'date-parts',
  version: 1,
  title: 'Date Parts',
  category: 'Data transformation',
  family: 'transform',
  icon: 'datetime',
  summary: 'Makes columns of the year, month, weekday and other parts of dates.',
  keywords: [
    'date',
    'time',
    'year',
    'month',
    'day',
    'weekday',
    'hour',
    'week',
    'weekend',
    'cyclic',
    'sine',
    'cosine',
    'unix',
    'epoch',
    'calendar',
    'extract date time fields',
    'datetime',
    'feature date',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params,
  deterministic: true,
  lazy: 'counted',
  describe: (chosen) => `${describeSelection(chosen.columns)} → ${PART_NAMES.filter((each) => chosen[each]).join(', ')}`,
  infer({ data }, chosen) {
    if (!data) return { outputs: {}, issues: [] };
    const { kept, added, issues } = plan(data, chosen);
    return { outputs: { data: tableSchema([...kept, ...added.map(({ schema }) => schema)], data.open) }, issues };
  },
  sql({ data = tableSchema([]) }, chosen) {
    const { kept, added } = plan(data, chosen);
    const made = new Map(added.map(({ schema, expression }) => [schema.name, expressionInSql(expression, data)]));
    const whole = [...kept.map(({ name }) => quoteName(name)), ...[...made].map(([name, sql]) => withName(sql, name))];
    return { data: rowByRow(`SELECT ${whole.join(', ')} FROM data`, made, data) };
  },
  atScoring(chosen, { data }) {
    if (!data) return { as: 'columns', input: 'data', through: 'data', steps: [] };
    const { kept, added } = plan(data, chosen);
    const expressions = added.map(({ schema, expression }) => ({ name: schema.name, expression }));
    return { as: 'columns', input: 'data', through: 'data', steps: stepsBeside(kept, expressions) };
  },
});
