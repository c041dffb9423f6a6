import type { RunContext } from '../kit/context.ts';
import { quoteName } from '../kit/define.ts';
import type { SignatureInput } from '../kit/signature.ts';
import { isTextual, type ColumnSchema, type Table } from '../kit/table.ts';
import { floatInSql } from './values-in-sql.ts';

const LEVELS = 100;

/** The columns as inputs of a fitted graph, with the values seen: range and median of numbers, the most frequent levels of texts. */
export async function describeInputs(columns: readonly ColumnSchema[], data: Table, context: RunContext): Promise<SignatureInput[]> {
  const numbers = columns.filter((each) => !isTextual(each.type));
  const parts = numbers.flatMap(({ name }, index) => {
    const value = floatInSql(name);
    return [`min(${value}) AS low${index}`, `max(${value}) AS high${index}`, `quantile_disc(${value}, 0.5) AS middle${index}`];
  });
  const [row = {}] = parts.length > 0 ? await context.rows(`SELECT ${parts.join(', ')} FROM data`, { data }) : [];
  const finite = (key: string) => (typeof row[key] === 'number' && Number.isFinite(row[key]) ? row[key] : undefined);
  const inputs: SignatureInput[] = [];
  for (const { name, type, nullable } of columns) {
    const input = { name, type, required: !nullable };
    if (isTextual(type)) {
      inputs.push({ ...input, ...(await describeLevels(name, data, context)) });
      continue;
    }
    const index = numbers.findIndex((each) => each.name === name);
    const known = { minimum: finite(`low${index}`), maximum: finite(`high${index}`), example: finite(`middle${index}`) };
    inputs.push({ ...input, ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) });
  }
  return inputs;
}

async function describeLevels(name: string, data: Table, context: RunContext): Promise<Pick<SignatureInput, 'levels' | 'example'>> {
  const quoted = quoteName(name);
  const rows = await context.rows(
    `SELECT ${quoted} AS level FROM data WHERE ${quoted} <> '' GROUP BY ${quoted} ORDER BY count(*) DESC, ${quoted} LIMIT ${LEVELS + 1}`,
    { data },
  );
  const levels = rows.map((each) => String(each.level));
  if (levels.length === 0) return {};
  return { ...(levels.length <= LEVELS ? { levels: levels.toSorted() } : {}), example: levels[0]! };
}
