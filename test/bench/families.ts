import type { BenchRow } from './types.ts';

/** Rows that are measured together. */
export interface Family {
  /** How the rows of this family begin. */
  readonly rows: readonly string[];
  /** Measures the rows; may leave out those whose name has no `only` in it. */
  readonly measure: (only: string) => Promise<readonly BenchRow[]>;
}

export interface MeasureOptions {
  /** Measures only families with a row whose name has this in it. */
  readonly only?: string;
  /** Told of each row as soon as it is there. */
  readonly measured?: (row: BenchRow) => void;
}

/** Measures families one after another. Throws when `only` is in no row's name. */
export async function measureFamilies(families: readonly Family[], { only = '', measured = () => {} }: MeasureOptions = {}): Promise<BenchRow[]> {
  const wanted = families.filter((family) => family.rows.some((name) => name.includes(only)));
  if (wanted.length === 0) throw new Error(`No row has "${only}" in its name. There are: ${families.flatMap((family) => family.rows).join(', ')}.`);
  const rows: BenchRow[] = [];
  for (const { measure } of wanted) {
    for (const each of await measure(only)) {
      rows.push(each);
      measured(each);
    }
  }
  return rows;
}
