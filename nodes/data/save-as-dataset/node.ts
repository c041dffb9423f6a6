import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';

/** As the addresses of datasets take it: no slashes and no control characters. */
const DATASET_NAME = /^[^\p{Cc}/\\]+$/u;

export const saveAsDataset = defineNode({
  type: 'save-as-dataset',
  version: 1,
  title: 'Save as Dataset',
  category: 'Data input and output',
  family: 'data',
  icon: 'dataset',
  summary: 'Keeps a table as a dataset of the workspace, as a new version of a name.',
  keywords: ['save', 'dataset', 'register', 'store', 'version', 'export', 'asset', 'output', 'table writer', 'save data', 'write'],
  inputs: { data: { kind: 'table', title: 'Data' } },
  outputs: { data: { kind: 'table', title: 'Data' } },
  params: z.object({
    name: param.text({ title: 'Dataset name', help: 'Each run adds a version to this name.', default: '', maximum: 100, placeholder: 'customers-clean' }),
    description: param.text({ title: 'Description', help: 'Shown with the version.', default: '', maximum: 1_000 }),
  }),
  deterministic: false,
  describe: ({ name }) => name,
  infer({ data }, { name }) {
    const issues = [];
    if (name === '') issues.push(problem('parameter_missing', 'Give the dataset a name.', { param: 'name' }));
    else if (!DATASET_NAME.test(name) || name.trim() !== name || name === '.' || name === '..') {
      issues.push(
        problem('name_invalid', 'A dataset name has no slashes, no control characters, and no blanks at either end.', { param: 'name', fix: fixOf(name) }),
      );
    }
    return { outputs: { data }, issues };
  },
  atScoring: () => ({ as: 'vanish' }),
});

function fixOf(name: string) {
  const better = name
    .replaceAll(/[\p{Cc}/\\]+/gu, '-')
    .trim()
    .replace(/^\.{1,2}$/, '');
  return better === '' ? undefined : { title: `Name it “${better}”`, set: { name: better } };
}
