import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { OPEN_TABLE } from '../../kit/table.ts';

export const dataset = defineNode({
  type: 'dataset',
  version: 1,
  title: 'Dataset',
  category: 'Data input and output',
  family: 'data',
  icon: 'dataset',
  summary: 'A dataset of the workspace.',
  keywords: ['data', 'table', 'source', 'input', 'registered', 'asset', 'read table', 'table reader', 'file reader', 'open dataset'],
  inputs: {},
  outputs: { data: { kind: 'table', title: 'Dataset' } },
  params: z.object({
    dataset: param.dataset({ title: 'Dataset', help: 'A dataset of this workspace. “Latest” is settled when a run starts.' }),
  }),
  deterministic: true,
  describe: ({ dataset: { name, version } }) => (name === '' ? '' : version === null ? name : `${name}, version ${version}`),
  infer(_inputs, { dataset: { name, version } }, assets) {
    if (name === '') return { outputs: {}, issues: [problem('parameter_missing', 'Choose a dataset.', { param: 'dataset' })] };
    const schema = assets.dataset(name, version);
    if (schema) return { outputs: { data: schema }, issues: [] };
    const what = version === null ? `a dataset named “${name}”` : `version ${version} of a dataset named “${name}”`;
    return {
      outputs: { data: OPEN_TABLE },
      issues: [problem('data_missing', `This workspace does not have ${what}. Choose another dataset, or upload one of that name under Data.`, { param: 'dataset' })],
    };
  },
  assets: ({ dataset: { name, version } }) => (name === '' ? {} : { datasets: [{ name, version }] }),
  atScoring: () => ({ as: 'source' }),
});
