import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { nodeParam, portParam } from '../../kit/inference-params.ts';

export const webServiceOutput = defineNode({
  type: 'web-service-output',
  version: 1,
  title: 'Web Service Output',
  category: 'Deployment',
  family: 'deploy',
  icon: 'endpoints',
  summary: 'What an inference pipeline answers to a request.',
  keywords: ['response', 'answer', 'endpoint', 'inference'],
  inputs: { data: { kind: 'table', title: 'Answer' } },
  outputs: {},
  params: z.object({ node: nodeParam(), port: portParam() }),
  deterministic: true,
  hidden: true,
  describe: () => '',
  infer: () => ({ outputs: {}, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
