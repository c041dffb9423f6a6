import { defineKind } from '../kind.ts';
import { serverSecrets, serverSecretsGoTo, serverSettings } from '../sql/settings.ts';

/** Tables, views and queries of a PostgreSQL server. */
export const postgresql = defineKind({
  kind: 'postgresql',
  title: 'PostgreSQL',
  summary: 'Tables, views and queries of a PostgreSQL server.',
  gives: 'rows',
  writes: true,
  lists: true,
  settings: serverSettings(5432, 'One server has several; tables of others are not seen.'),
  secrets: serverSecrets,
  secretsGoTo: serverSecretsGoTo,
  async open(settings, secrets, tools) {
    const { openPostgresql } = await import('../postgresql/open.ts');
    return openPostgresql(settings, secrets, tools);
  },
});
