import { z } from 'zod';
import { readColumns } from '../../kit/column-texts.ts';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import { OPEN_TABLE, tableSchema } from '../../kit/table.ts';
import { columnsParam, describeRun, nodeParam, portParam, runParam } from '../../kit/inference-params.ts';

export const fittedTransform = defineNode({
  type: 'fitted-transform',
  version: 1,
  title: 'Apply fitted transform',
  category: 'Deployment',
  family: 'deploy',
  icon: 'clean',
  summary: 'Applies to each request what a node of the training pipeline was fitted to.',
  keywords: ['apply', 'transform', 'fitted', 'inference'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Transformed dataset' } },
  params: z.object({ node: nodeParam(), port: portParam(), run: runParam(), columns: columnsParam('The columns that leave.') }),
  deterministic: true,
  hidden: true,
  describe: ({ node, run }) => describeRun(node, run),
  infer(_inputs, { node, columns }) {
    const read = readColumns(columns);
    const issues = node === '' ? [problem('parameter_missing', 'It is not said what was fitted. Create the inference pipeline anew.', { param: 'node' })] : [];
    if (!read) issues.push(problem('parameter_invalid', 'The list of columns cannot be read. Create the inference pipeline anew.', { param: 'columns' }));
    return { outputs: { data: read && read.length > 0 ? tableSchema(read) : OPEN_TABLE }, issues };
  },
  atScoring: () => ({ as: 'refuse', reason: 'An inference pipeline is not turned into another one.' }),
});
