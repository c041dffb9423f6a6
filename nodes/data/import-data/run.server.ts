import type { z } from 'zod';
import type { RunContext } from '../../kit/context.ts';
import { defineRun } from '../../kit/define.ts';
import type { FileValue } from '../../kit/kinds.ts';
import { readOptionsOf } from '../../kit/read-parameters.ts';
import { importData } from './node.ts';
import { readRows } from './read-rows.server.ts';

const fileOf = async ({ source, file, url, connection, path }: z.infer<typeof importData.params>, context: RunContext): Promise<FileValue> => {
  if (source === 'file') return context.file(file.id);
  return source === 'url' ? context.download(url.trim()) : context.fetch(await context.connection(connection), path.trim());
};

export default defineRun(importData, async (_inputs, params, context) => {
  if (params.source === 'table' || params.source === 'query') return { data: await readRows(params, context) };
  const { path, name } = await fileOf(params, context);
  context.log(`Reading ${name}.`);
  return { data: await context.readFile(path, readOptionsOf(params)) };
});
