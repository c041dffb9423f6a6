import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { mismatches } from '../../kit/model-schema.ts';
import { scoredTable } from '../../train/unsupervised.server.ts';
import { assignDataToClusters } from './node.ts';

export default defineRun(assignDataToClusters, async ({ model, data }, { append }, context) => {
  if (model.signature.task !== 'clustering') throw new NodeError('learner_wrong_task', 'This model finds no clusters. Use Score Model for it.');
  const [mismatch] = mismatches(data.schema, model.signature);
  if (mismatch) throw new NodeError('model_mismatch', mismatch);
  return { data: await scoredTable(model, data, append, context) };
});
