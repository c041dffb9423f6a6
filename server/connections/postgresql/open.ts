import type { ConnectionTools, OpenConnection } from '../kind.ts';
import type { ServerSecrets, ServerSettings } from '../sql/settings.ts';
import { readRows } from './read.ts';
import { PostgresqlSession } from './session.ts';
import { describeServer, listTables } from './tables.ts';
import { writeRows } from './write.ts';

export async function openPostgresql(settings: ServerSettings, secrets: ServerSecrets, tools: ConnectionTools): Promise<OpenConnection> {
  const session = await PostgresqlSession.open(settings, secrets, tools);
  return {
    test: () => describeServer(session),
    list: (path) => listTables(session, path),
    rows: {
      read: (source, options) => readRows(session, source, options),
      write: (table, rows, mode) => writeRows(session, table, rows, mode, tools.stepId),
    },
    close: () => session.close(),
  };
}
