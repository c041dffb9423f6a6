import type { z } from 'zod';
import type { ReadOptions, RunContext } from '../../kit/context.ts';
import { defineRun } from '../../kit/define.ts';
import type { FileValue } from '../../kit/kinds.ts';
import { importData } from './node.ts';
import { readRows } from './read-rows.server.ts';

const DELIMITERS = { auto: undefined, comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const;
const QUOTES = { double: '"', single: "'", none: '' } as const;

/** Empty texts mean what is usual. */
const optionsOf = ({ format, header, delimiter, quote, encoding, skipRows, decimal, nullWords, datetimeFormat, sheet, member }: z.infer<typeof importData.params>): ReadOptions => ({
  format,
  header,
  delimiter: DELIMITERS[delimiter],
  quote: QUOTES[quote],
  encoding,
  skipRows,
  decimal: decimal === 'comma' ? ',' : '.',
  nullWords: nullWords.trim() === '' ? undefined : nullWords.split(','),
  datetimeFormat: datetimeFormat.trim() || undefined,
  sheet: sheet || undefined,
  member: member || undefined,
});

const fileOf = async ({ source, file, url, connection, path }: z.infer<typeof importData.params>, context: RunContext): Promise<FileValue> => {
  if (source === 'file') return context.file(file.id);
  return source === 'url' ? context.download(url.trim()) : context.fetch(await context.connection(connection), path.trim());
};

export default defineRun(importData, async (_inputs, params, context) => {
  if (params.source === 'table' || params.source === 'query') return { data: await readRows(params, context) };
  const { path, name } = await fileOf(params, context);
  context.log(`Reading ${name}.`);
  return { data: await context.readFile(path, optionsOf(params)) };
});
