import { defineRun } from '../../kit/define.ts';
import { NodeError, type IssueCode } from '../../kit/issues.ts';
import { labelText } from '../../kit/label-text.ts';
import { chooseLabel } from '../../kit/model-schema.ts';
import { isTextual, type Columns, type ColumnSchema, type ColumnValues } from '../../kit/table.ts';
import { requireMemory } from '../../kernels/memory.server.ts';
import { randomNumbers, sampleOf } from '../../kernels/random.ts';
import { turns } from '../../kernels/turns.ts';
import { nearestFinder, type Compared } from './neighbours.ts';
import { comparedColumns, featureIssues, schemaAfter, smote } from './node.ts';

/** A new row between two rows of the rarest class. */
interface Made {
  readonly from: number;
  /** The neighbours of `from`, nearest first. */
  readonly neighbours: readonly number[];
  readonly towards: number;
  /** How far along, from 0 to 1. */
  readonly way: number;
}

export default defineRun(smote, async ({ data }, { label: name, percentage, neighbours, seed }, context) => {
  const { label, issues } = chooseLabel(data.schema, name);
  const [issue] = label ? featureIssues(data.schema, label) : issues;
  if (issue || !label) throw new NodeError(issue?.code ?? 'label_missing', issue?.message ?? 'Choose the label column.', { param: issue?.param });
  if (data.rowCount === 0) throw new NodeError('rows_none', 'There are no rows to add to. Look at the node that feeds this one.');
  const columns = await data.read();
  const rows = rarestRows(label, columns.get(label.name)!, context.log);
  const count = Math.round((rows.length * percentage) / 100);
  requireMemory((data.rowCount + count) * data.schema.columns.length * 8, `The table with ${count.toLocaleString('en-US')} more rows`);
  if (count > 0 && rows.length === 1)
    throw new NodeError('rows_none', `The rarest class of “${label.name}” has a single row, so there is none to lie between. Give more rows of it.`);
  const compared = comparedColumns(data.schema, label);
  const made = await makeRows(compareRows(compared, columns, rows), { count, neighbours, seed }, turns(context.signal), (share) => context.progress(share));
  const features = new Set(compared.map((each) => each.name));
  const extended: Columns = new Map(
    data.schema.columns.map((schema) => [schema.name, extend(schema, columns.get(schema.name)!, rows, made, features.has(schema.name))] as const),
  );
  context.log(`${count.toLocaleString('en-US')} new rows from ${rows.length.toLocaleString('en-US')}.`);
  return { data: await context.table(schemaAfter(data.schema), extended) };
});

/** More classes than this are none. */
const CLASS_LIMIT = 1_000;

/**
 * Places of the rows of the rarest class; of equally rare ones the one that sorts last. Throws NodeError `rows_all_missing`, `label_one_class`,
 * `label_too_many_classes`.
 */
function rarestRows(label: ColumnSchema, values: ColumnValues, log: (message: string) => void): Uint32Array {
  const rows = new Map<number | string, number[]>();
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row]!;
    if (value === null || value === '' || Number.isNaN(value)) continue;
    const own = rows.get(value);
    if (own) own.push(row);
    else rows.set(value, [row]);
  }
  const refuse = (code: IssueCode, message: string) => new NodeError(code, `“${label.name}” ${message}`, { param: 'label' });
  if (rows.size === 0) throw refuse('rows_all_missing', 'is missing in every row, so no class is the rarest.');
  if (rows.size === 1) throw refuse('label_one_class', 'is the same in every row, so no class is rarer than another. Look at filters and splits upstream.');
  if (rows.size > CLASS_LIMIT)
    throw refuse('label_too_many_classes', `has ${rows.size.toLocaleString('en-US')} different values, too many to be classes. Choose another label.`);
  const sorted = [...rows].sort(([a, own], [b, others]) => own.length - others.length || (a > b ? -1 : 1));
  const [value, rarest] = sorted[0]!;
  log(`The rarest class is “${labelText(value, label.type)}”.`);
  return Uint32Array.from(rarest);
}

/** Numbers and dates are measured; texts and booleans are equal or not. */
const isMeasured = ({ type }: ColumnSchema): boolean => !isTextual(type) && type !== 'boolean';

function compareRows(compared: readonly ColumnSchema[], columns: Columns, rows: Uint32Array): Compared {
  const measured = compared.filter(isMeasured);
  const named = compared.filter((each) => !isMeasured(each));
  const numbers = new Float64Array(rows.length * measured.length);
  for (const [index, { name }] of measured.entries()) {
    const values = columns.get(name) as Float64Array;
    const own = Float64Array.from(rows, (row) => (Number.isFinite(values[row]!) ? values[row]! : NaN));
    const scale = deviationOf(own) || 1;
    for (let row = 0; row < rows.length; row += 1) numbers[row * measured.length + index] = own[row]! / scale;
  }
  const levels = new Int32Array(rows.length * named.length);
  for (const [index, { name }] of named.entries()) {
    const values = columns.get(name)!;
    const places = new Map<string, number>();
    for (let row = 0; row < rows.length; row += 1) {
      const level = String(values[rows[row]!] ?? '');
      if (!places.has(level)) places.set(level, places.size);
      levels[row * named.length + index] = places.get(level)!;
    }
  }
  return { rowCount: rows.length, numbers, numberCount: measured.length, levels, levelCount: named.length };
}

/** Of the values that are there; 0 where there are none. */
function deviationOf(values: Float64Array): number {
  const there = values.filter((each) => !Number.isNaN(each));
  if (there.length === 0) return 0;
  const mean = there.reduce((sum, each) => sum + each, 0) / there.length;
  return Math.sqrt(there.reduce((sum, each) => sum + (each - mean) ** 2, 0) / there.length);
}

/** Each row gives as many new ones, and some chosen at random one more, so that there are `count`. */
async function makeRows(
  compared: Compared,
  { count, neighbours, seed }: { count: number; neighbours: number; seed: number },
  breathe: () => Promise<void>,
  progress: (share: number) => void,
): Promise<Made[]> {
  const { rowCount } = compared;
  const nearest = await nearestFinder(compared, breathe);
  const random = randomNumbers(seed);
  const more = new Set(sampleOf(rowCount, count % rowCount, seed));
  const made: Made[] = [];
  for (let from = 0; from < rowCount && made.length < count; from += 1) {
    const times = Math.floor(count / rowCount) + Number(more.has(from));
    if (times === 0) continue;
    const near = nearest(from, Math.min(neighbours, rowCount - 1));
    for (let time = 0; time < times; time += 1) made.push({ from, neighbours: near, towards: near[Math.floor(random() * near.length)]!, way: random() });
    progress(made.length / count);
    await breathe();
  }
  return made;
}

/** The column with the values of the new rows behind it. */
function extend(schema: ColumnSchema, values: ColumnValues, rows: Uint32Array, made: readonly Made[], compared: boolean): ColumnValues {
  const from = (each: Made) => values[rows[each.from]!]!;
  if (!(values instanceof Float64Array)) {
    const more = made.map((each) => (schema.role === 'id' ? null : compared ? commonest(values, rows, each) : (from(each) as string | null)));
    return [...values, ...more];
  }
  const extended = new Float64Array(values.length + made.length);
  extended.set(values);
  made.forEach((each, index) => {
    extended[values.length + index] =
      schema.role === 'id'
        ? NaN
        : !compared
          ? (from(each) as number)
          : isMeasured(schema)
            ? between(schema, values, rows, each)
            : commonest(values, rows, each);
  });
  return extended;
}

/** On the line from the row to its neighbour; the row's own value where one of them has none. */
function between({ type }: ColumnSchema, values: Float64Array, rows: Uint32Array, { from, towards, way }: Made): number {
  const [own, other] = [values[rows[from]!]!, values[rows[towards]!]!];
  if (!Number.isFinite(own) || !Number.isFinite(other)) return own;
  const value = own + way * (other - own);
  return type === 'number' ? value : Math.round(value);
}

/** What most of the neighbours have; of equally frequent values that of the nearest. */
function commonest<T extends number | string | null>(values: ArrayLike<T>, rows: Uint32Array, { neighbours }: Made): T {
  const counts = new Map<T, number>();
  for (const each of neighbours) counts.set(values[rows[each]!]!, (counts.get(values[rows[each]!]!) ?? 0) + 1);
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}
