import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { selectionOf } from './selection.ts';

export const selectColumnsTransform = defineNode({
  type: 'select-columns-transform',
  version: 1,
  title: 'Select Columns Transform',
  category: 'Data transformation',
  family: 'transform',
  icon: 'columns',
  summary: 'Keeps in mind which columns a dataset has, for Apply Transformation.',
  keywords: ['select', 'columns', 'freeze', 'same', 'feature selection', 'project'],
  inputs: { data: { kind: 'table', title: 'Dataset with desired columns' } },
  outputs: { transform: { kind: 'transform', title: 'Columns selection transformation' } },
  params: z.object({}),
  deterministic: true,
  infer: ({ data }) => ({ outputs: { transform: data && !data.open ? { signature: selectionOf(data) } : {} }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
