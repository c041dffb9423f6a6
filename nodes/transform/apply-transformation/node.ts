import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import { appliedSchema, mismatches } from '../../kit/model-schema.ts';
import { OPEN_TABLE } from '../../kit/table.ts';

export const applyTransformation = defineNode({
  type: 'apply-transformation',
  version: 1,
  title: 'Apply Transformation',
  category: 'Data transformation',
  family: 'transform',
  icon: 'publish',
  summary: 'Does to other rows just what a fitted transformation does to its own.',
  keywords: ['transform', 'fitted', 'reuse', 'same', 'test', 'new data', 'scale', 'encode'],
  inputs: { transform: { kind: 'transform', title: 'Transformation' }, data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Transformed dataset' } },
  params: z.object({}),
  deterministic: true,
  infer({ transform, data }) {
    if (!transform?.signature || !data) return { outputs: { data: OPEN_TABLE }, issues: [] };
    const issues = mismatches(data, transform.signature).map((message) => problem('model_mismatch', message, { port: 'data' }));
    return { outputs: { data: appliedSchema(data, transform.signature) }, issues };
  },
  // What was fitted elsewhere takes its place: `transform` names the input by which it comes.
  atScoring: () => ({ as: 'fitted', output: 'transform', input: 'data', through: 'data' }),
});
