import type { Signature } from '../../kit/signature.ts';
import type { TableSchema } from '../../kit/table.ts';

/** The signature of a graph that only keeps the columns of this schema. A label may be absent: rows to predict have none. */
export const selectionOf = (data: TableSchema): Signature => ({
  kind: 'transform',
  inputs: data.columns.map(({ name, type, role }) => ({ name, type, required: role !== 'label' })),
  outputs: [],
  drops: [],
  keeps: data.columns.map(({ name }) => name),
});
