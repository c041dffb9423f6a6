/** The figures behind a chart, for reading, copying and saving. */
export interface ChartTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
