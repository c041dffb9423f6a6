import { NodeError } from '#nodes/kit/issues.ts';
import type { ColumnSchema } from '#nodes/kit/table.ts';

export const tableExists = (path: string): NodeError =>
  new NodeError('connection_failed', `There is a table “${path}” already. Append to it, replace it, or give another name.`, { param: 'table' });

export const tableGone = (path: string): NodeError =>
  new NodeError('connection_failed', `There is no table “${path}” to append to. Let it be created.`, { param: 'table' });

export const missingColumns = (path: string, missing: readonly ColumnSchema[]): NodeError =>
  new NodeError(
    'column_missing',
    `The table “${path}” has no column ${missing.map(({ name }) => `“${name}”`).join(', ')}. Leave it out, or replace the table.`,
  );
