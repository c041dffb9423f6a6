import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';

export const registeredModel = defineNode({
  type: 'registered-model',
  version: 1,
  title: 'Registered Model',
  category: 'Deployment',
  family: 'deploy',
  icon: 'models',
  summary: 'A model of the registry, to score rows with.',
  keywords: ['registry', 'model', 'trained model', 'saved model', 'load model', 'onnx', 'champion', 'alias', 'model reader', 'import model', 'pretrained'],
  inputs: {},
  outputs: { model: { kind: 'model', title: 'Trained model' } },
  params: z.object({
    model: param.model({ title: 'Model', help: 'By version, by alias, or always the newest. What an alias names is settled when a run starts.' }),
  }),
  deterministic: true,
  describe: ({ model: { name, version } }) => (name === '' ? '' : `${name}, ${/^\d/.test(version) ? `version ${version}` : version}`),
  infer(_inputs, { model: { name, version } }, assets) {
    if (name === '') return { outputs: { model: {} }, issues: [problem('parameter_missing', 'Choose a model of the registry.', { param: 'model' })] };
    const known = assets.model?.(name, version);
    if (known !== null) return { outputs: { model: known ?? {} }, issues: [] };
    const what = /^\d/.test(version) ? `version ${version} of a model named “${name}”` : `a model named “${name}” with the alias “${version}”`;
    const message = `The registry does not have ${version === 'latest' ? `a model named “${name}”` : what}, or it is archived. Choose another, or register one.`;
    return { outputs: { model: {} }, issues: [problem('data_missing', message, { param: 'model' })] };
  },
  assets: ({ model: { name, version } }) => (name === '' ? {} : { models: [{ name, version }] }),
  atScoring: () => ({ as: 'source' }),
});
