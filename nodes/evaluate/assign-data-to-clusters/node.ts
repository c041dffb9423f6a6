import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import { mismatches, scoredSchema } from '../../kit/model-schema.ts';
import * as param from '../../kit/params.ts';
import { OPEN_TABLE } from '../../kit/table.ts';

export const assignDataToClusters = defineNode({
  type: 'assign-data-to-clusters',
  version: 1,
  title: 'Assign Data to Clusters',
  category: 'Model scoring and evaluation',
  family: 'score',
  icon: 'score',
  summary: 'Tells each row’s group by a trained clustering model.',
  keywords: ['predict', 'cluster', 'segment', 'k-means', 'apply', 'distance', 'cluster assigner'],
  inputs: { model: { kind: 'model', title: 'Trained model' }, data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params: z.object({
    append: param.flag({ title: 'Check for append or uncheck for result only', help: 'Off: only the groups and distances come out.', default: true }),
  }),
  deterministic: true,
  infer({ model, data }, { append }) {
    const wrong = model?.task !== undefined && model.task !== 'clustering';
    const issues = wrong ? [problem('learner_wrong_task', 'This model finds no clusters. Use Score Model for it.', { port: 'model' })] : [];
    const signature = wrong ? undefined : model?.signature;
    if (!signature) return { outputs: { data: append && data ? { columns: data.columns, open: true } : OPEN_TABLE }, issues };
    if (data) issues.push(...mismatches(data, signature).map((message) => problem('model_mismatch', message, { port: 'data' })));
    return { outputs: { data: append && !data ? OPEN_TABLE : scoredSchema(data, signature, append) }, issues };
  },
  atScoring: () => ({ as: 'score' }),
});
