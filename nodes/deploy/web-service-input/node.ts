import { z } from 'zod';
import { readColumns } from '../../kit/column-texts.ts';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import { OPEN_TABLE, tableSchema } from '../../kit/table.ts';
import { columnsParam, nodeParam, portParam } from '../../kit/inference-params.ts';

export const webServiceInput = defineNode({
  type: 'web-service-input',
  version: 1,
  title: 'Web Service Input',
  category: 'Deployment',
  family: 'deploy',
  icon: 'endpoints',
  summary: 'Where the rows of a request enter an inference pipeline.',
  keywords: ['request', 'endpoint', 'inference'],
  inputs: {},
  outputs: { data: { kind: 'table', title: 'Request' } },
  params: z.object({ node: nodeParam(), port: portParam(), columns: columnsParam('The columns that a request holds.') }),
  deterministic: true,
  hidden: true,
  describe: ({ columns }) => `${readColumns(columns)?.length ?? 0} columns`,
  infer(_inputs, { columns }) {
    const read = readColumns(columns);
    if (read) return { outputs: { data: tableSchema(read) }, issues: [] };
    return {
      outputs: { data: OPEN_TABLE },
      issues: [problem('parameter_invalid', 'The list of columns cannot be read. Create the inference pipeline anew.', { param: 'columns' })],
    };
  },
  atScoring: () => ({ as: 'source' }),
});
