import { join } from 'node:path';
import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { writeDelimited } from '../delimited-text.server.ts';
import { convertToCsv, fileNameOf } from './node.ts';

const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const;

export default defineRun(convertToCsv, async ({ data }, { name, delimiter, header, neutralise, mark }, context) => {
  if (data.schema.columns.length === 0) throw new NodeError('columns_none', 'The table has no column to write.');
  const path = join(context.scratch, 'table.csv');
  await writeDelimited(context, data, path, { delimiter: DELIMITERS[delimiter], header, neutralise, mark });
  return { file: { path, name: fileNameOf(name) } };
});
