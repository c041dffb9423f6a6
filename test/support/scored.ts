import { expect } from 'vitest';
import type { ColumnStep } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { Transform } from '#nodes/kit/kinds.ts';
import { GraphBuilder } from '#nodes/kit/onnx/builder.ts';
import { graphTypeOf } from '#nodes/kit/onnx/graph-type.ts';
import { fuse } from '#nodes/kit/onnx/fuse.ts';
import { relativeDifference } from '#nodes/kit/onnx/prove.server.ts';
import { createOnnxRunner } from '#nodes/kit/onnx/session.server.ts';
import { memoryTable, tableSchema, type ColumnSchema, type Columns, type ColumnValues, type Table } from '#nodes/kit/table.ts';
import { plainValues } from './odd-tables.ts';

const runner = createOnnxRunner({ threads: 1 });

/** A graph gives the same as a table: texts alike (missing ones as empty), numbers as float32 has them. */
export function expectAlike(graph: ColumnValues, table: ColumnValues, what: string): void {
  const [again, own] = [plainValues(graph), plainValues(table)];
  expect(again.length, what).toBe(own.length);
  for (const [row, value] of again.entries()) {
    const other = own[row]!;
    if (typeof value === 'number' && typeof other === 'number')
      expect(relativeDifference(value, other), `${what}, row ${row}: ${value} in the graph, ${other} in the table`).toBeLessThanOrEqual(1e-5);
    else expect(value === '' ? null : value, `${what}, row ${row}`).toBe(other === '' ? null : other);
  }
}

/** Each column that row-wise steps give, as a graph gives it. */
export async function applySteps(steps: readonly ColumnStep[], source: Table, outputs: readonly ColumnSchema[]): Promise<Columns> {
  const found = new Map<string, ColumnValues>();
  const columns = await source.read();
  for (const { name, type } of outputs) {
    const builder = new GraphBuilder();
    const kind = graphTypeOf(type);
    builder.output('score', builder.node('Identity', [builder.input(name, kind)]), kind);
    const input = { name, type, required: false };
    const signature = { kind: 'model' as const, inputs: [input], outputs: [{ name: 'score', type, role: 'score' as const }], drops: [] };
    try {
      const fused = fuse(
        [
          { as: 'columns', steps },
          { as: 'graph', onnx: builder.toBytes(), signature },
        ],
        source.schema,
      );
      found.set(name, (await runner.apply(fused.onnx, fused.signature, columns, source.rowCount)).get('score')!);
    } catch (error) {
      // What a model cannot compute it says.
      if (!(error instanceof NodeError)) throw error;
    }
  }
  return found;
}

const NUMBERS = [NaN, -0, 0, 2 ** 53, -1e30, 1e-30, 0.1, -3.5, 1e15, 1e300];
const WHOLE = [NaN, 0, -1, 7, 2 ** 24 + 1, 1e9];
const TEXTS = [null, '', 'unseen', '__proto__', "it's", '"quoted"', '😀', ' a', 'ß', 'NaN', '-1.5', 'A,B;c|d', '\\d+$'];

/** The table with every other value replaced by one that is easily mistaken, and three times as long. */
export async function withOddValues(table: Table): Promise<Table> {
  const columns: Columns = new Map<string, ColumnValues>(
    [...(await table.read())].map(([name, values], at): [string, ColumnValues] => {
      const { type } = table.schema.columns.find((each) => each.name === name)!;
      const length = values.length * 3;
      const odd = <T>(some: readonly T[], row: number): T => some[(row * 5 + at * 3) % some.length]!;
      if (!(values instanceof Float64Array))
        return [name, Array.from({ length }, (_, row) => (row % 2 === 1 ? odd(TEXTS, row) : values[row % values.length]!))];
      const some = type === 'boolean' ? [NaN, 0, 1] : type === 'datetime' ? [NaN, 0, -86_400_000, 1.7e12] : type === 'integer' ? WHOLE : NUMBERS;
      return [name, Float64Array.from({ length }, (_, row) => (row % 2 === 1 ? odd(some, row) : values[row % values.length]!))];
    }),
  );
  return memoryTable(tableSchema(table.schema.columns.map((each) => ({ ...each, nullable: true }))), columns);
}

/** A fitted graph takes rows that were not there when it was fitted, and gives each what it gets alone. */
export async function expectEachAlone({ onnx, signature }: Transform, rows: Table): Promise<void> {
  // One that only drops columns computes nothing.
  if (signature.outputs.length === 0) return;
  const columns = await rows.read();
  const graph = await runner.open(onnx, signature);
  try {
    const together = await graph.apply(columns, rows.rowCount);
    for (let row = 0; row < rows.rowCount; row += 1) {
      const alone = await graph.apply(new Map([...columns].map(([name, values]) => [name, values.slice(row, row + 1)])), 1);
      for (const { name } of signature.outputs) expectAlike(alone.get(name)!, together.get(name)!.slice(row, row + 1), `“${name}” of row ${row} alone`);
    }
  } finally {
    await graph.close();
  }
}
