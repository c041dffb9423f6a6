import { quoteName } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import { castInSql } from '#nodes/kit/onnx/cast.ts';
import { isNumeric, isTextual, tableSchema, type ColumnSchema } from '#nodes/kit/table.ts';
import type { ColumnChoice, ColumnLoss } from '../messages.ts';
import type { DuckTable } from '../runtime/duck-table.ts';
import type { Workbench } from '../runtime/workbench.ts';
import { assertDistinctNames } from '../runtime/write-table.ts';

export interface ShapedTable {
  readonly table: DuckTable;
  /** What cells lost by another type; columns that lost nothing are left out. */
  readonly lost: readonly ColumnLoss[];
}

/** Columns that are to be read as the text that the file holds, so that `007` stays so. */
export const textColumns = (choices: readonly ColumnChoice[]): readonly string[] =>
  choices.filter(({ type, include }) => include !== false && type !== undefined && isTextual(type)).map(({ name }) => name);

/**
 * A table as people chose its columns: which, under what names, of what types and roles. Choices name columns as they were read; those that no
 * choice names stay as they are. Cells that do not fit the chosen type become missing, and are counted.
 * Errors: `column_missing`, `column_duplicate`, `columns_none`.
 */
export async function shapeColumns(workbench: Workbench, table: DuckTable, choices: readonly ColumnChoice[], datetimeFormat?: string): Promise<ShapedTable> {
  if (choices.length === 0) return { table, lost: [] };
  const chosen = new Map(choices.map((choice) => [choice.name, choice]));
  const known = new Set(table.schema.columns.map(({ name }) => name));
  const unknown = choices.find(({ name }) => !known.has(name));
  if (unknown) throw new NodeError('column_missing', `The file has no column “${unknown.name}”. Read it again with these options.`);
  const changes = table.schema.columns.flatMap((from) => {
    const { as, type, role, include } = chosen.get(from.name) ?? { name: from.name };
    if (include === false) return [];
    const to: ColumnSchema = { ...from, name: as ?? from.name, type: type ?? from.type, role: role ?? from.role };
    return [{ from, to, sql: castInSql(quoteName(from.name), from.type, to.type, isTextual(from.type) ? datetimeFormat : undefined) }];
  });
  const selected = changes.map(({ to, sql }) => `${sql} AS ${quoteName(to.name)}`);
  const schema = tableSchema(changes.map(({ to }) => to));
  if (changes.length === 0) throw new NodeError('columns_none', 'No column is left. Keep at least one.');
  assertDistinctNames(schema.columns);
  const lost = await lossesOf(workbench, table, changes);
  return { table: await workbench.query(`SELECT ${selected.join(', ')} FROM data`, { data: table }, schema, true), lost };
}

interface Change {
  readonly from: ColumnSchema;
  readonly to: ColumnSchema;
  readonly sql: string;
}

async function lossesOf(workbench: Workbench, table: DuckTable, changes: readonly Change[]): Promise<ColumnLoss[]> {
  const casts = changes.filter(({ from, to }) => from.type !== to.type && !(isTextual(from.type) && isTextual(to.type)));
  if (casts.length === 0) return [];
  const counts = casts.flatMap(({ from, to, sql }, index) => {
    const cell = quoteName(from.name);
    const number = to.type !== 'integer' ? null : isTextual(from.type) ? castInSql(cell, from.type, 'number') : isNumeric(from.type) ? cell : null;
    return [
      `count(*) FILTER (WHERE ${cell} IS NOT NULL AND (${sql}) IS NULL) AS missing${index}`,
      `${number === null ? '0' : `count(*) FILTER (WHERE (${number}) <> (${sql}))`} AS cut${index}`,
    ];
  });
  const [row = {}] = await workbench.rows(`SELECT ${counts.join(', ')} FROM data`, { data: table });
  return casts
    .map(({ from, to }, index) => ({ name: from.name, type: to.type, missing: Number(row[`missing${index}`]), cut: Number(row[`cut${index}`]) }))
    .filter(({ missing, cut }) => missing + cut > 0);
}

const cells = (count: number): string => (count === 1 ? '1 cell' : `${count} cells`);

/** For the notes of a dataset's version. */
export function lossNote({ name, type, missing, cut }: ColumnLoss): string {
  const parts: string[] = [];
  if (missing > 0) parts.push(`${cells(missing)} that cannot be read as ${type} became missing`);
  if (cut > 0) parts.push(`${cells(cut)} with a fraction ${cut === 1 ? 'was' : 'were'} cut to whole numbers`);
  return `Column “${name}”: ${parts.join('; ')}.`;
}
