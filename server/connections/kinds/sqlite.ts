import { z } from 'zod';
import * as param from '#nodes/kit/params.ts';
import { defineKind } from '../kind.ts';

/** Tables, views and queries of a SQLite file, which is only ever read. */
export const sqlite = defineKind({
  kind: 'sqlite',
  title: 'SQLite file',
  summary: 'Tables, views and queries of a SQLite file on the machine that Modelwright runs on.',
  gives: 'rows',
  writes: false,
  lists: true,
  settings: z.object({
    file: param.text({
      title: 'File',
      help: 'The whole path. The owner of this installation says under which folders it may be: MODELWRIGHT_ALLOWED_FOLDERS.',
      default: '',
      maximum: 4_000,
      placeholder: '/srv/data/shop.sqlite',
    }),
  }),
  secrets: z.object({}),
  secretsGoTo: [],
  async open(settings, _secrets, tools) {
    const { openSqlite } = await import('../sqlite/open.ts');
    return openSqlite(settings.file, tools);
  },
});
