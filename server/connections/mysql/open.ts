import type { ConnectionTools, OpenConnection } from '../kind.ts';
import type { ServerSecrets } from '../sql/settings.ts';
import { readRows } from './read.ts';
import { MysqlSession, type MysqlSettings } from './session.ts';
import { describeServer, listTables } from './tables.ts';
import { writeRows } from './write.ts';

export async function openMysql(settings: MysqlSettings, secrets: ServerSecrets, tools: ConnectionTools): Promise<OpenConnection> {
  const session = await MysqlSession.open(settings, secrets, tools);
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
