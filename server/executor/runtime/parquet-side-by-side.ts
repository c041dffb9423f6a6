import { open, type FileHandle } from 'node:fs/promises';
import { tableSchema, type TableSchema } from '#nodes/kit/table.ts';
import { copyChunks } from './copy-chunks.ts';
import { ParquetOutput, rowGroup } from './parquet-output.ts';
import type { Source } from './parquet-source.ts';
import type { Encoded } from './thrift.ts';
import { assertDistinctNames, schemaText, type WrittenTable } from './write-table.ts';

/** A table in a Parquet file, and those of its columns that are taken. */
export interface Side {
  readonly path: string;
  readonly schema: TableSchema;
  readonly names: readonly string[];
}

interface OpenSide extends Side {
  readonly file: FileHandle;
  readonly source: Source;
}

export interface SideBySide {
  readonly path: string;
  readonly signal: AbortSignal;
  /** Reads a footer; null for a file whose columns cannot be taken over as they are. */
  sourceOf(path: string): Promise<Source | null>;
  /** Whether the file is brought to disk for good. */
  readonly lasting: boolean;
}

/**
 * Writes columns of several tables of equally many rows side by side in the order of `schema`, whose names each stand in one of `sides`: their bytes
 * are copied row group by row group, so that little is in memory however many columns there are. Null, and nothing written, where the tables are not
 * cut into the same row groups.
 */
export async function writeSideBySide(sides: readonly Side[], schema: TableSchema, how: SideBySide): Promise<WrittenTable | null> {
  assertDistinctNames(schema.columns);
  const opened: OpenSide[] = [];
  try {
    for (const side of sides) {
      const source = await how.sourceOf(side.path);
      if (!source) return null;
      opened.push({ ...side, source, file: await open(side.path, 'r') });
    }
    return fits(opened) ? await write(opened, schema, how) : null;
  } finally {
    for (const { file } of opened) await file.close();
  }
}

/** Whether all have the same row groups, and every column in each. */
function fits(sides: readonly OpenSide[]): boolean {
  const [first] = sides;
  if (!first) return false;
  const rows = first.source.groups.map((group) => group.rows);
  return sides.every(({ source: { columns, groups }, names }) => {
    const same = groups.length === rows.length && groups.every((group, at) => group.rows === rows[at]);
    return same && names.every((name) => columns.has(name) && groups.every(({ chunks }) => chunks.has(name)));
  });
}

async function write(sides: readonly OpenSide[], schema: TableSchema, { path, signal, lasting }: SideBySide): Promise<WrittenTable> {
  const output = await ParquetOutput.create(path);
  try {
    const groups: Encoded[] = [];
    let rowCount = 0;
    for (const [at, { rows }] of sides[0]!.source.groups.entries()) {
      const described = new Map<string, Encoded>();
      let plainBytes = 0;
      for (const { file, source, names } of sides) {
        signal.throwIfAborted();
        const copied = await copyChunks(file, source.groups[at]!, names, output);
        for (const [name, description] of copied.descriptions) described.set(name, description);
        plainBytes += copied.plainBytes;
      }
      const chunks = schema.columns.map(({ name }) => described.get(name)!);
      groups.push(rowGroup(chunks, plainBytes, rows));
      rowCount += rows;
    }
    const columns = new Map(sides.flatMap(({ source, names }) => names.map((name) => [name, source.columns.get(name)!] as const)));
    const elements = schema.columns.map(({ name }) => columns.get(name)!);
    const known = new Map(
      sides.flatMap((side) =>
        side.schema.columns.filter(({ name }) => columns.get(name) === side.source.columns.get(name)).map((each) => [each.name, each] as const),
      ),
    );
    const written = tableSchema(schema.columns.map((each) => ({ ...each, type: known.get(each.name)!.type, nullable: known.get(each.name)!.nullable })));
    const sealed = await output.finish({ columns: elements, groups, rowCount, metadata: { modelwright: schemaText(written) } }, lasting);
    return { schema: written, rowCount, sealed };
  } catch (error) {
    await output.abandon();
    throw error;
  }
}
