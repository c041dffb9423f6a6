import { and, eq } from '../db/drizzle.ts';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadOptions } from '#nodes/kit/context.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { artifacts, files } from '../db/schema.ts';
import { notFound } from '../errors.ts';
import type { Tasks } from '../executor/messages.ts';
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

  /** Takes an upload into the store. A file that is no table is kept all the same; then `schema` is null and a note says why. */
  async add(workspaceId: string, name: string, upload: Upload, signal?: AbortSignal): Promise<UploadedFile> {
    const { db, store, pool, clock } = this.#parts;
    const attempt = newId();
    const folder = store.newOutputFolder(attempt);
    const release = store.hold(upload.hash);
    try {
      const incoming = join(folder, 'upload');
      await rename(upload.path, incoming);
      await store.publish(incoming, upload.hash);
      const { path } = await store.open(upload.hash);
      const sniffed = await pool.task('sniff', { path, name }, signal).catch((error: unknown) => {
        if (error instanceof NodeError) return { schema: null, notes: [error.message] };
        throw error;
      });
      const now = clock.now();
      const row: typeof files.$inferSelect = {
        id: newId(now),
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
  async preview(workspaceId: string, id: string, options: Partial<ReadOptions>, signal?: AbortSignal): Promise<FilePreview> {
    const { store, pool } = this.#parts;
    const { hash, name } = this.#row(workspaceId, id);
    const { path } = await store.open(hash);
    try {
      return await pool.task('preview', { path, name, options, limit: PREVIEW_ROWS }, signal);
    } catch (error) {
      throw unparsable(error);
    }
  }

  get(workspaceId: string, id: string): UploadedFile {
    return view(this.#row(workspaceId, id));
  }

  #row(workspaceId: string, id: string): typeof files.$inferSelect {
    const row = this.#parts.db
      .select()
      .from(files)
      .where(and(eq(files.workspaceId, workspaceId), eq(files.id, id)))
      .get();
    if (!row) throw notFound('file', id);
    return row;
  }
}

const view = ({ id, name, bytes, schema, notes }: typeof files.$inferSelect): UploadedFile => ({ id, name, bytes, schema: schema ?? null, notes });
