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

export const listConnection = ({ connection, path }: Tasks['listConnection']['args'], { signal }: TaskLimits): Promise<Tasks['listConnection']['result']> =>
  withConnection(connection, signal, (open) => open.list(path));
