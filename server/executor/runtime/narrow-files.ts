import { open } from 'node:fs/promises';
import type { TableSchema } from '#nodes/kit/table.ts';
import { writeSideBySide } from './parquet-side-by-side.ts';
import { readSource, type Source } from './parquet-source.ts';

/** Columns that take more than this are read where they are. */
const COPIED_BYTES = 64 * 2 ** 20;

interface Wanted {
  /** The file of a wide table. */
  readonly path: string;
  /** The columns that are wanted of it. */
  readonly schema: TableSchema;
  readonly target: () => string;
  readonly signal: AbortSignal;
}

/**
 * Files with some columns of wide ones: whoever plans a query over a file describes all columns of it each time, which takes longer than to copy those
 * that are asked for. Each is written once, whoever asks; files must not change under their names.
 */
export class NarrowFiles {
  readonly #files = new Map<string, Promise<string | null>>();
  #last: { readonly path: string; readonly source: Promise<Source | null> } | null = null;

  /** The footer of a file; that of the last one is kept, which takes three kilobytes a column. */
  readonly source = (path: string): Promise<Source | null> => {
    if (this.#last?.path !== path) this.#last = { path, source: readFooter(path) };
    return this.#last.source;
  };

  /** The path of the file; null where it is not worth one. */
  of(wanted: Wanted): Promise<string | null> {
    const key = JSON.stringify([wanted.path, wanted.schema.columns.map(({ name }) => name)]);
    const known = this.#files.get(key);
    if (known) return known;
    const made = this.#write(wanted);
    this.#files.set(key, made);
    return made;
  }

  async #write({ path, schema, target, signal }: Wanted): Promise<string | null> {
    const source = await this.source(path);
    const names = schema.columns.map(({ name }) => name);
    const bytes = (source?.groups ?? []).flatMap(({ chunks }) => names.map((name) => chunks.get(name)?.bytes ?? 0)).reduce((sum, each) => sum + each, 0);
    if (!source || bytes > COPIED_BYTES) return null;
    const narrow = target();
    return (await writeSideBySide([{ path, schema, names }], schema, { path: narrow, signal, sourceOf: this.source, lasting: false })) && narrow;
  }
}

export async function readFooter(path: string): Promise<Source | null> {
  const file = await open(path, 'r');
  try {
    return await readSource(file);
  } finally {
    await file.close();
  }
}
