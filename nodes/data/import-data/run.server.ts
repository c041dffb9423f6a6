import { defineRun } from '../../kit/define.ts';
import { importData } from './node.ts';

const CHARACTERS = { auto: undefined, comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const;

export default defineRun(importData, async (_inputs, { source, file, url, format, header, delimiter }, context) => {
  const { path, name } = source === 'file' ? await context.file(file.id) : await context.download(url.trim());
  context.log(`Reading ${name}.`);
  return { data: await context.readFile(path, { format, header, delimiter: CHARACTERS[delimiter] }) };
});
