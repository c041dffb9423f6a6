import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import type { Task } from '../../kit/signature.ts';
import { describeRun, fittedUse, nodeParam, portParam, runParam } from '../../kit/inference-params.ts';

const TASKS: Record<Task | 'unknown', string> = {
  unknown: 'Not known yet',
  'two-class': 'Two classes',
  multiclass: 'Several classes',
  regression: 'Regression',
  clustering: 'Clustering',
  anomaly: 'Anomaly detection',
};

export const trainedModel = defineNode({
  type: 'trained-model',
  version: 1,
  title: 'Trained model',
  category: 'Deployment',
  family: 'deploy',
  icon: 'models',
  summary: 'A model that the training pipeline trained: the newest, or that of one run.',
  keywords: ['model', 'trained', 'inference'],
  inputs: {},
  outputs: { model: { kind: 'model', title: 'Trained model' } },
  params: z.object({
    node: nodeParam(),
    port: portParam(),
    run: runParam(),
    label: param.text({ title: 'Label', help: 'The column that the model predicts.', default: '', maximum: 1_000 }),
    task: param.choice({ title: 'Task', options: TASKS, default: 'unknown' }),
  }),
  deterministic: true,
  hidden: true,
  describe: ({ node, run }) => describeRun(node, run),
  assets: ({ node, port, run }) => fittedUse(node, port, run),
  infer(_inputs, { node, label, task }) {
    const issues =
      node === '' ? [problem('parameter_missing', 'It is not said which node trains the model. Create the inference pipeline anew.', { param: 'node' })] : [];
    return { outputs: { model: { task: task === 'unknown' ? undefined : (task as Task), label: label === '' ? undefined : label } }, issues };
  },
  atScoring: () => ({ as: 'source' }),
});
