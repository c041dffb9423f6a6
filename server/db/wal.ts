import { statSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';

/** Pages that are written before SQLite moves them into the database by itself: 4 MB. */
export const WAL_PAGES = 1_000;
/** What the file beside the database is cut to when it begins anew. */
export const WAL_BYTES = 16 * 2 ** 20;

/** Bytes of the write-ahead log; 0 when there is none. */
export const walBytes = (file: string): number => statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;

/**
 * Moves the write-ahead log into the database and empties it. While another connection reads, only what that reader does not need is moved, and
 * the file keeps its size; this never waits for readers.
 * @returns whether the log is empty now
 */
export function emptyWal(client: Sqlite.Database): boolean {
  const timeout = client.pragma('busy_timeout', { simple: true }) as number;
  client.pragma('busy_timeout = 0');
  try {
    const [result] = client.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    return result?.busy === 0;
  } finally {
    client.pragma(`busy_timeout = ${timeout}`);
  }
}

/**
 * Looks now and then whether the write-ahead log has grown beyond `most` bytes, which happens while someone reads for long, and empties it once it
 * can be. `onStuck` hears of a log that a reader holds.
 * @returns what ends this
 */
export function keepWalSmall(
  client: Sqlite.Database,
  { everyMilliseconds = 30_000, most = WAL_BYTES, onStuck = () => {} }: { everyMilliseconds?: number; most?: number; onStuck?: (bytes: number) => void } = {},
): () => void {
  const look = (): void => {
    const bytes = walBytes(client.name);
    if (bytes <= most || client.inTransaction) return;
    if (!emptyWal(client)) onStuck(bytes);
  };
  const timer = setInterval(look, everyMilliseconds);
  timer.unref();
  return () => clearInterval(timer);
}
