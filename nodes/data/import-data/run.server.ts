import type { z } from 'zod';
import type { ReadOptions } from '../../kit/context.ts';
import { defineRun } from '../../kit/define.ts';
import { importData } from './node.ts';

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

export default defineRun(importData, async (_inputs, params, context) => {
  const { path, name } = params.source === 'file' ? await context.file(params.file.id) : await context.download(params.url.trim());
  context.log(`Reading ${name}.`);
  return { data: await context.readFile(path, optionsOf(params)) };
});
