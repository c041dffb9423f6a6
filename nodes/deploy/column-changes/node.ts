import { z } from 'zod';
import { readSteps } from '../../kit/column-texts.ts';
import { defineNode } from '../../kit/define.ts';
import { withDerived } from '../../kit/expression/derive.ts';
import { problem } from '../../kit/issues.ts';
import { OPEN_TABLE, type ColumnSchema } from '../../kit/table.ts';
import { nodeParam, stepsParam } from '../../kit/inference-params.ts';
import { changesInSql } from './sql.ts';

export const columnChanges = defineNode({
  type: 'column-changes',
  version: 1,
  title: 'Change columns',
  category: 'Deployment',
  family: 'deploy',
  icon: 'columns',
  summary: 'Keeps, renames, casts or derives columns of each row, as a node of the training pipeline does.',
  keywords: ['select', 'rename', 'cast', 'columns', 'inference'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Result dataset' } },
  params: z.object({ node: nodeParam(), steps: stepsParam() }),
  deterministic: true,
  hidden: true,
  describe: ({ steps }) => {
    const count = readSteps(steps)?.length ?? 0;
    return count === 1 ? '1 change' : `${count} changes`;
  },
  lazy: 'counted',
  sql: ({ data }, { steps }) => ({ data: changesInSql(data!, readSteps(steps) ?? []) }),
  infer({ data }, { steps }) {
    const read = readSteps(steps);
    if (!read)
      return {
        outputs: { data: OPEN_TABLE },
        issues: [problem('parameter_invalid', 'The list of changes cannot be read. Create the inference pipeline anew.', { param: 'steps' })],
      };
    if (!data) return { outputs: {}, issues: [] };
    let columns: ColumnSchema[] = [...data.columns];
    for (const step of read) {
      if (step.do === 'keep') columns = columns.filter((each) => step.columns.includes(each.name));
      else if (step.do === 'rename') columns = columns.map((each) => (each.name === step.from ? { ...each, name: step.to } : each));
      else if (step.do === 'cast') columns = columns.map((each) => (each.name === step.column ? { ...each, type: step.to } : each));
      else columns = [...withDerived({ columns, open: data.open }, step.name, step.expression).columns];
    }
    return { outputs: { data: { columns, open: data.open && !read.some((step) => step.do === 'keep') } }, issues: [] };
  },
  atScoring: () => ({ as: 'refuse', reason: 'An inference pipeline is not turned into another one.' }),
});
