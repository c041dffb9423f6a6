import { openConnection, secretsHidden, type ConnectionSpec } from '#server/connections/open.ts';
import type { OpenConnection } from '#server/connections/kind.ts';
import type { Tasks } from '../messages.ts';
import { failureOf } from '../runtime/failure.ts';
import type { TaskLimits } from './limits.ts';
import { NodeError } from '#nodes/kit/issues.ts';

async function withConnection<T>(spec: ConnectionSpec, signal: AbortSignal, work: (connection: OpenConnection) => Promise<T>): Promise<T> {
  try {
    const connection = await openConnection(spec, signal);
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    const { code, message, param } = failureOf(error);
    // What a driver throws is the source's answer.
    throw new NodeError(code === 'step_threw' ? 'connection_failed' : code, secretsHidden([spec])(message), { param: param ?? undefined, cause: error });
  }
}

export const testConnection = ({ connection }: Tasks['testConnection']['args'], { signal }: TaskLimits): Promise<string> =>
  withConnection(connection, signal, (open) => open.test());

/** Files and folders of one look; a larger tree is refused. */
const MOST_WATCHED = 10_000;

/** What the files at a path look like: each path with a text that changes when the file does. A file that is not there yet gives nothing. */
export const fingerprintConnection = (
  { connection, path }: Tasks['fingerprintConnection']['args'],
  { signal }: TaskLimits,
): Promise<Tasks['fingerprintConnection']['result']> =>
  withConnection(connection, signal, async (open) => {
    const { files } = open;
    if (!files) throw new NodeError('connection_refused', 'This connection holds no files to watch.', { param: 'connection' });
    const items = await open.list(path).catch(() => null);
    if (items === null || items.length === 0) {
      if (path === '') return {};
      return files.state(path).then(
        (state) => ({ [path]: state }),
        (error: unknown) => {
          if (items !== null) return {};
          throw error;
        },
      );
    }
    const states: Record<string, string> = {};
    const folders = [items];
    let looked = 0;
    for (let folder = folders.pop(); folder; folder = folders.pop()) {
      for (const item of folder) {
        if (++looked > MOST_WATCHED)
          throw new NodeError('connection_refused', `More than ${MOST_WATCHED} files and folders lie there. Watch a smaller folder.`, { param: 'path' });
        if (item.type === 'folder') folders.push(await open.list(item.path));
        else states[item.path] = `${item.bytes ?? ''}-${item.modifiedAt ?? ''}`;
      }
    }
    return states;
  });

export const listConnection = ({ connection, path }: Tasks['listConnection']['args'], { signal }: TaskLimits): Promise<Tasks['listConnection']['result']> =>
  withConnection(connection, signal, (open) => open.list(path));
