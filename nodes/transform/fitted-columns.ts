import type { TransformSpec } from '../kit/kinds.ts';
import type { Signature } from '../kit/signature.ts';
import { tableSchema, type ColumnSchema, type TableSchema } from '../kit/table.ts';

/** What a fitted node does to a table. */
export interface ColumnChange {
  /** The columns that it looks at. */
  readonly sources: readonly ColumnSchema[];
  /** The columns that it makes: in place of those of the same name, else after all others. */
  readonly made: readonly ColumnSchema[];
  /** Columns that go. */
  readonly drops?: readonly string[];
  /** Where given, only these pass on beside what is made. */
  readonly keeps?: readonly string[];
}

/** The schema that leaves. */
export function changedSchema(data: TableSchema, { made, drops = [], keeps }: Omit<ColumnChange, 'sources'>): TableSchema {
  const byName = new Map(made.map((each) => [each.name, each]));
  const [gone, kept] = [new Set(drops), keeps && new Set(keeps)];
  const passed = data.columns.filter(({ name }) => byName.has(name) || (!gone.has(name) && (!kept || kept.has(name))));
  const there = new Set(passed.map((each) => each.name));
  return tableSchema([...passed.map((each) => byName.get(each.name) ?? each), ...made.filter((each) => !there.has(each.name))], data.open && !kept);
}

/** The signature of the transform, without what only the data tells. */
export function signatureOf({ sources, made, drops = [], keeps }: ColumnChange): Signature {
  return {
    kind: 'transform',
    inputs: sources.map(({ name, type, nullable }) => ({ name, type, required: !nullable })),
    outputs: made.map(({ name, type, role }) => ({ name, type, role })),
    drops,
    ...(keeps ? { keeps } : {}),
  };
}

/** What leaves the ports `data` and `transform` of a fitted node whose columns follow from the schema alone. */
export function inferChange(data: TableSchema, change: ColumnChange): { data: TableSchema; transform: TransformSpec } {
  return { data: changedSchema(data, change), transform: data.open ? {} : { signature: signatureOf(change) } };
}
