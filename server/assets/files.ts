import { and, eq } from '../db/drizzle.ts';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadOptions } from '#nodes/kit/context.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { artifacts, files } from '../db/schema.ts';
import { AppError, notFound } from '../errors.ts';
import type { ColumnChoice, FileParts, Tasks } from '../executor/messages.ts';
import type { StepPool } from '../executor/step-pool.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { Store } from '../store/store.ts';
import { unparsable } from './datasets.ts';
import type { Upload } from './uploads.ts';

export interface UploadedFile {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly schema: TableSchema | null;
  readonly notes: readonly string[];
}

/** The beginning of a file as a table. */
export type FilePreview = Tasks['preview']['result'];

const PREVIEW_ROWS = 100;

/** Uploaded files of a workspace, kept byte for byte. */
export class Files {
  readonly #parts: { readonly db: Database; readonly store: Store; readonly pool: Pick<StepPool, 'task'>; readonly clock: Clock };

  constructor(parts: { db: Database; store: Store; pool: Pick<StepPool, 'task'>; clock: Clock }) {
    this.#parts = parts;
  }

  /**
   * Takes an upload into the store. A file that is no table is kept all the same; then `schema` is null and a note says why. Without
   * `readSchema` it is not looked into, for what is read with options right after.
   */
  async add(
    workspaceId: string,
    name: string,
    upload: Upload,
    { id, readSchema = true, signal }: { id?: string; readSchema?: boolean; signal?: AbortSignal } = {},
  ): Promise<UploadedFile> {
    const { db, store, pool, clock } = this.#parts;
    const attempt = newId();
    const folder = await store.newOutputFolder(attempt);
    const release = store.hold(upload.hash);
    try {
      const incoming = join(folder, 'upload');
      await rename(upload.path, incoming);
      await store.publish(incoming, upload.hash);
      const { path } = await store.open(upload.hash);
      const sniffed = readSchema
        ? await pool.task('sniff', { path, name }, signal).catch((error: unknown) => {
            if (error instanceof NodeError) return { schema: null, notes: [error.message] };
            throw error;
          })
        : { schema: null, notes: [] };
      const now = clock.now();
      const row: typeof files.$inferSelect = {
        id: id ?? newId(now),
        workspaceId,
        name,
        bytes: upload.bytes,
        hash: upload.hash,
        schema: sniffed.schema,
        notes: sniffed.notes,
        createdAt: now,
      };
      db.transaction((tx) => {
        tx.insert(artifacts)
          .values({ workspaceId, hash: upload.hash, kind: 'file', bytes: upload.bytes, meta: { kind: 'file', name }, createdAt: now })
          .onConflictDoNothing()
          .run();
        tx.insert(files).values(row).run();
      });
      return view(row);
    } finally {
      release();
      store.removeOutputFolder(attempt);
    }
  }

  /** The first rows under the options that people try, read in a step process. Throws 422 with the reason when it cannot be read so. */
  async preview(
    workspaceId: string,
    id: string,
    { options, columns = [] }: { options: Partial<ReadOptions>; columns?: readonly ColumnChoice[] },
    signal?: AbortSignal,
  ): Promise<FilePreview> {
    const { path, name } = await this.open(workspaceId, id);
    try {
      return await this.#parts.pool.task('preview', { path, name, options, columns, limit: PREVIEW_ROWS }, signal);
    } catch (error) {
      throw unparsable(error);
    }
  }

  /** What there is to choose from in it: the files of an archive, the sheets of a workbook. Throws 422 when it cannot be looked into. */
  async parts(workspaceId: string, id: string, member: string | undefined, signal?: AbortSignal): Promise<FileParts> {
    const { path } = await this.open(workspaceId, id);
    try {
      return await this.#parts.pool.task('fileParts', { path, member }, signal);
    } catch (error) {
      throw unparsable(error);
    }
  }

  get(workspaceId: string, id: string): UploadedFile {
    return view(this.#row(workspaceId, id));
  }

  find(workspaceId: string, id: string): UploadedFile | null {
    const row = this.#find(workspaceId, id);
    return row ? view(row) : null;
  }

  /** Throws 409 while a pipeline reads it. */
  remove(workspaceId: string, id: string): void {
    const { db } = this.#parts;
    const { name } = this.#row(workspaceId, id);
    const user = db.$client
      .prepare<[string, string], string>('SELECT name FROM pipelines WHERE workspace_id = ? AND instr(document, ?) > 0 ORDER BY name LIMIT 1')
      .pluck()
      .get(workspaceId, JSON.stringify(id));
    if (user !== undefined)
      throw new AppError(409, `The pipeline “${user}” reads the file “${name}”. Choose another file there first.`, { code: 'file_in_use' });
    db.delete(files)
      .where(and(eq(files.workspaceId, workspaceId), eq(files.id, id)))
      .run();
  }

  /** The stored bytes and the name that people gave them. */
  async open(workspaceId: string, id: string): Promise<{ path: string; name: string }> {
    const { hash, name } = this.#row(workspaceId, id);
    return { path: (await this.#parts.store.open(hash)).path, name };
  }

  #row(workspaceId: string, id: string): typeof files.$inferSelect {
    const row = this.#find(workspaceId, id);
    if (!row) throw notFound('file', id);
    return row;
  }

  #find(workspaceId: string, id: string): typeof files.$inferSelect | undefined {
    return this.#parts.db
      .select()
      .from(files)
      .where(and(eq(files.workspaceId, workspaceId), eq(files.id, id)))
      .get();
  }
}

const view = ({ id, name, bytes, schema, notes }: typeof files.$inferSelect): UploadedFile => ({ id, name, bytes, schema: schema ?? null, notes });
