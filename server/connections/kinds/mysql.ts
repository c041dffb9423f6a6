import * as param from '#nodes/kit/params.ts';
import { defineKind } from '../kind.ts';
import { serverSecrets, serverSecretsGoTo, serverSettings } from '../sql/settings.ts';

const settings = serverSettings(3306, 'Empty: all that the user may see; tables are then named database.table.').extend({
  tinyintAsBoolean: param.flag({
    title: 'tinyint(1) is true or false',
    help: 'MySQL has no type of its own for it. Without, it is a whole number.',
    default: true,
    advanced: true,
  }),
});

export const mysql = defineKind({
  kind: 'mysql',
  title: 'MySQL or MariaDB',
  summary: 'Tables, views and queries of a MySQL or MariaDB server.',
  gives: 'rows',
  writes: true,
  lists: true,
  settings,
  secrets: serverSecrets,
  secretsGoTo: serverSecretsGoTo,
  async open(settings, secrets, tools) {
    const { openMysql } = await import('../mysql/open.ts');
    return openMysql(settings, secrets, tools);
  },
});
