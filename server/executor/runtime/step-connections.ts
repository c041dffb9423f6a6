import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { OpenConnection } from '#nodes/kit/connection.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { FileValue } from '#nodes/kit/kinds.ts';
import { openConnection } from '#server/connections/open.ts';
import type { StepSpec } from '../messages.ts';

const FETCHED_BYTES = 16 * 2 ** 30;

/** The connections that a step opens; each once. */
export class StepConnections {
  readonly #specs: NonNullable<StepSpec['connections']>;
  readonly #stepId: string;
  readonly #signal: AbortSignal;
  readonly #open = new Map<string, Promise<OpenConnection>>();

  constructor({ stepId, connections = {} }: StepSpec, signal: AbortSignal) {
    this.#specs = connections;
    this.#stepId = stepId;
    this.#signal = signal;
  }

  /** Errors: `connection_missing`, `connection_refused`, `connection_failed`. */
  open(name: string): Promise<OpenConnection> {
    const known = this.#open.get(name);
    if (known) return known;
    const opened = this.#connect(name);
    this.#open.set(name, opened);
    return opened;
  }

  async #connect(name: string): Promise<OpenConnection> {
    const spec = Object.hasOwn(this.#specs, name) ? this.#specs[name] : undefined;
    if (!spec) throw new NodeError('connection_missing', `There is no connection “${name}”. Make it, or choose another.`, { param: 'connection' });
    try {
      return await openConnection(spec, this.#signal, this.#stepId);
    } catch (cause) {
      this.#signal.throwIfAborted();
      const code = cause instanceof NodeError ? cause.code : 'connection_failed';
      throw new NodeError(code, `Connection “${name}”: ${cause instanceof Error ? cause.message : String(cause)}`, { param: 'connection', cause });
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#open.values()].map(async (opened) => (await opened).close()));
  }
}

/** Copies a file of a connection into a folder, piece by piece. Errors: `connection_missing` for a connection without files, `source_refused`. */
export async function fetchFile({ files }: OpenConnection, path: string, folder: string, signal: AbortSignal): Promise<FileValue> {
  if (!files) throw new NodeError('connection_missing', 'This connection has tables, no files. Read a table or a query.', { param: 'source' });
  let bytes = 0;
  const limit = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.byteLength;
      const refused = new NodeError('source_refused', `The file is larger than ${FETCHED_BYTES / 2 ** 30} GB, the most that is fetched.`, { param: 'path' });
      if (bytes > FETCHED_BYTES) done(refused);
      else done(null, chunk);
    },
  });
  const place = join(folder, 'fetched');
  await mkdir(place, { recursive: true });
  const target = join(place, crypto.randomUUID());
  const content = await files.read(path);
  await pipeline(Readable.from(content), limit, createWriteStream(target, { flags: 'wx' }), { signal }).catch((cause: unknown) => {
    if (cause instanceof NodeError || signal.aborted) throw cause;
    throw new NodeError('connection_failed', `The file “${path}” broke off: ${cause instanceof Error ? cause.message : String(cause)}.`, {
      param: 'path',
      cause,
    });
  });
  return { path: target, name: path.split('/').at(-1) || path };
}
