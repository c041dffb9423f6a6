import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { describeRun, fittedUse, nodeParam, portParam, runParam } from '../../kit/inference-params.ts';
import { problem } from '../../kit/issues.ts';

export const trainedTransform = defineNode({
  type: 'trained-transform',
  version: 1,
  title: 'Fitted transformation',
  category: 'Deployment',
  family: 'deploy',
  icon: 'clean',
  summary: 'A transformation that the training pipeline fitted: the newest, or that of one run.',
  keywords: ['transform', 'fitted', 'inference', 'batch'],
  inputs: {},
  outputs: { transform: { kind: 'transform', title: 'Transformation' } },
  params: z.object({ node: nodeParam(), port: portParam(), run: runParam() }),
  deterministic: true,
  hidden: true,
  describe: ({ node, run }) => describeRun(node, run),
  infer: (_inputs, { node }) => ({
    outputs: { transform: {} },
    issues: node === '' ? [problem('parameter_missing', 'It is not said what was fitted. Create the inference pipeline anew.', { param: 'node' })] : [],
  }),
  assets: ({ node, port, run }) => fittedUse(node, port, run),
  atScoring: () => ({ as: 'source' }),
});
