import type { RunContext } from '../kit/context.ts';
import { quoteName } from '../kit/define.ts';
import type { SignatureInput } from '../kit/signature.ts';
import { isTextual, type ColumnSchema, type Table } from '../kit/table.ts';
import { around, COLUMNS_AT_ONCE, narrow } from './query-in-parts.server.ts';
import { finiteColumnsInSql } from './values-in-sql.ts';

const LEVELS = 100;
/** Enough for a typical value; a median over all rows would cost more than the fitting. */
const EXAMPLE_ROWS = 10_000;

/** The columns as inputs of a fitted graph, with the values seen: range and a typical value of numbers, the most frequent levels of texts. */
export async function describeInputs(columns: readonly ColumnSchema[], data: Table, context: RunContext): Promise<SignatureInput[]> {
  const numbers = columns.filter((each) => !isTextual(each.type));
  const row: Record<string, number | string | boolean | null> = {};
  for (let from = 0; from < numbers.length; from += COLUMNS_AT_ONCE) {
    const some = [...numbers.entries()].slice(from, from + COLUMNS_AT_ONCE);
    const names = some.map(([, { name }]) => name);
    const ranges = some.map(([index], at) => `min(v${at}) AS low${index}, max(v${at}) AS high${index}`).join(', ');
    const middles = some.map(([index], at) => `quantile_disc(v${at}, 0.5) AS middle${index}`).join(', ');
    const inputs = { data: await narrow(data, names.map(quoteName), context) };
    const select = async (figures: string, from: string) =>
      Object.assign(row, ...(await context.rows(`SELECT ${figures} FROM (${finiteColumnsInSql(names, from)})`, inputs)));
    if (data.rowCount <= EXAMPLE_ROWS) {
      await select(`${ranges}, ${middles}`, 'data');
      continue;
    }
    await select(ranges, 'data');
    await select(middles, `(FROM data LIMIT ${EXAMPLE_ROWS})`);
  }
  // 70.35 in place of the float32's 70.3499984741211.
  const finite = (key: string) => (typeof row[key] === 'number' && Number.isFinite(row[key]) ? Number(row[key].toPrecision(7)) : undefined);
  const places = new Map(numbers.map(({ name }, index) => [name, index]));
  const inputs: SignatureInput[] = [];
  for (const { name, type, nullable } of columns) {
    const input = { name, type, required: !nullable };
    if (isTextual(type)) {
      inputs.push({ ...input, ...(await describeLevels(name, data, context)) });
      continue;
    }
    const index = places.get(name);
    const known = { minimum: finite(`low${index}`), maximum: finite(`high${index}`), example: finite(`middle${index}`) };
    inputs.push({ ...input, ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) });
  }
  return inputs;
}

async function describeLevels(name: string, data: Table, context: RunContext): Promise<Pick<SignatureInput, 'levels' | 'example'>> {
  const quoted = quoteName(name);
  const rows = await context.rows(
    `SELECT ${quoted} AS level FROM data WHERE ${quoted} <> '' GROUP BY ${quoted} ORDER BY count(*) DESC, ${quoted} LIMIT ${LEVELS + 1}`,
    { data: await around(data, name, context) },
  );
  const levels = rows.map((each) => String(each.level));
  if (levels.length === 0) return {};
  return { ...(levels.length <= LEVELS ? { levels: levels.toSorted() } : {}), example: levels[0]! };
}
