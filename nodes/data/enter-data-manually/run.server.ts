import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { enterDataManually } from './node.ts';
import { readEntered } from './read-entered.ts';

export default defineRun(enterDataManually, async (_inputs, params, context) => {
  const read = readEntered(params);
  if (!read.ok) throw new NodeError('data_unparsable', read.message, { param: 'data' });
  return { data: await context.table(read.schema, read.columns) };
});
