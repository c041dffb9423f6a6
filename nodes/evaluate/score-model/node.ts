import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import { mismatches, scoredSchema } from '../../kit/model-schema.ts';
import * as param from '../../kit/params.ts';
import { OPEN_TABLE } from '../../kit/table.ts';

export const scoreModel = defineNode({
  type: 'score-model',
  version: 1,
  title: 'Score Model',
  category: 'Model scoring and evaluation',
  family: 'score',
  icon: 'score',
  summary: 'Lets a trained model predict each row.',
  keywords: ['predict', 'inference', 'apply', 'scoring', 'probability', 'predictor', 'predictions', 'predict proba', 'model applier'],
  inputs: { model: { kind: 'model', title: 'Trained model' }, data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Scored dataset' } },
  params: z.object({
    append: param.flag({ title: 'Append score columns to output', help: 'Off: only the score columns come out.', default: true }),
  }),
  deterministic: true,
  infer({ model, data }, { append }) {
    const signature = model?.signature;
    if (!signature) return { outputs: { data: append && data ? { columns: data.columns, open: true } : OPEN_TABLE }, issues: [] };
    const issues = data ? mismatches(data, signature).map((message) => problem('model_mismatch', message, { port: 'data' })) : [];
    return { outputs: { data: append && !data ? OPEN_TABLE : scoredSchema(data, signature, append) }, issues };
  },
  atScoring: () => ({ as: 'score' }),
});
