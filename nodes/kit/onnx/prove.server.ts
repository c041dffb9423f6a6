import type { OnnxRunner } from '../context.ts';
import { readExpression } from '../expression/expression.ts';
import { graphOf } from '../expression/graph-of.ts';
import { refusalOf } from '../expression/graph.ts';
import type { Signature } from '../signature.ts';
import { isTextual, type Columns, type ColumnType, type ColumnValues, type TableSchema } from '../table.ts';
import { castValues } from './cast.ts';
import type { Fused, Stage } from './fuse.ts';
import { datetimeText } from './graph-type.ts';

export const NUMBER_TOLERANCE = 1e-5;

/** Rows in memory, with what is needed to read them. */
export interface ProofRows {
  readonly schema: TableSchema;
  readonly columns: Columns;
  readonly rowCount: number;
}

export interface ProofRequest {
  readonly stages: readonly Stage[];
  readonly fused: Fused;
  /** The columns of a request. */
  readonly input: TableSchema;
  /** Rows as they enter the path. */
  readonly raw: ProofRows;
  /** The same rows as the run itself prepared them for the last graph; without them the stages are applied one by one. */
  readonly prepared?: ProofRows | null;
}

/** Same shape as the executor's EqualityProof. */
export interface Proof {
  readonly rowCount: number;
  readonly equal: boolean;
  readonly largestDifference: number;
  readonly differingLabels: number;
  readonly against: 'run' | 'stages';
}

interface Typed {
  readonly type: ColumnType;
  readonly values: ColumnValues;
}

/** Applies one stage after the other, as the steps of a run do, and gives the outputs of the last graph. */
export async function applyStages(stages: readonly Stage[], input: TableSchema, raw: ProofRows, runner: OnnxRunner, signal?: AbortSignal): Promise<Columns> {
  let columns = new Map<string, Typed>(
    input.columns.flatMap(({ name, type }) => (raw.columns.has(name) ? [[name, { type, values: raw.columns.get(name)! }] as const] : [])),
  );
  let outputs: Columns = new Map();
  for (const stage of stages) {
    if (stage.as === 'columns') {
      columns = await applySteps(columns, stage.steps, raw.rowCount, runner, signal);
      continue;
    }
    const values = new Map([...columns].map(([name, each]) => [name, each.values]));
    // A transform may take the label, which a request does not have; what becomes of it does not matter then.
    const lenient =
      stage.signature.kind === 'transform'
        ? { ...stage.signature, inputs: stage.signature.inputs.map((each) => ({ ...each, required: false })) }
        : stage.signature;
    outputs = await runner.apply(stage.onnx, lenient, values, raw.rowCount, signal);
    for (const name of stage.signature.drops) columns.delete(name);
    const { keeps } = stage.signature;
    if (keeps) columns = new Map([...columns].filter(([name]) => keeps.includes(name)));
    for (const { name, type } of stage.signature.outputs) columns.set(name, { type, values: outputs.get(name)! });
  }
  return outputs;
}

async function applySteps(
  columns: Map<string, Typed>,
  steps: Extract<Stage, { as: 'columns' }>['steps'],
  rowCount: number,
  runner: OnnxRunner,
  signal?: AbortSignal,
): Promise<Map<string, Typed>> {
  let result = new Map(columns);
  for (const step of steps) {
    if (step.do === 'keep') result = new Map([...result].filter(([name]) => step.columns.includes(name)));
    else if (step.do === 'rename') {
      const column = result.get(step.from);
      if (!column || step.from === step.to) continue;
      result.delete(step.from);
      result.set(step.to, column);
    } else if (step.do === 'cast') {
      const column = result.get(step.column);
      if (column) result.set(step.column, { type: step.to, values: castValues(column.values, column.type, step.to) });
    } else {
      const schema = { columns: [...result].map(([name, { type }]) => ({ name, type, role: 'feature' as const, nullable: true })), open: false };
      const { typed } = readExpression(step.expression, schema);
      if (!typed || refusalOf(typed) !== null) continue;
      const { onnx, signature } = graphOf(typed, schema, step.name);
      const values = new Map([...result].map(([name, each]) => [name, each.values]));
      const made = await runner.apply(onnx, signature, values, rowCount, signal);
      result.set(step.name, { type: typed.type as ColumnType, values: made.get(step.name)! });
    }
  }
  return result;
}

/** Compares outputs: labels must be the same, numbers within 1e-5 of each other relative to the larger of 1 and their size. */
export function compareOutputs(signature: Signature, expected: Columns, actual: Columns, rowCount: number): Omit<Proof, 'against'> {
  let largestDifference = 0;
  let differingLabels = 0;
  for (const { name, type } of signature.outputs) {
    const left = expected.get(name)!;
    const right = actual.get(name)!;
    for (let row = 0; row < rowCount; row += 1) {
      const a = left[row] ?? null;
      const b = right[row] ?? null;
      if (isTextual(type)) differingLabels += Number(a !== b);
      else largestDifference = Math.max(largestDifference, relativeDifference(a as number, b as number));
    }
  }
  return { rowCount, equal: differingLabels === 0 && largestDifference <= NUMBER_TOLERANCE, largestDifference, differingLabels };
}

/** |a − b| over max(1, |a|, |b|); two missing values are equal, one missing value is a difference of 1. */
export function relativeDifference(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  const difference = Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b));
  return Number.isNaN(difference) ? 1 : difference;
}

/** Proves the fused graph on rows: against what the run prepared where that is given, else against the stages one by one. */
export async function proveFused({ stages, fused, input, raw, prepared }: ProofRequest, runner: OnnxRunner, signal?: AbortSignal): Promise<Proof> {
  const actual = await runner.apply(fused.onnx, fused.signature, raw.columns, raw.rowCount, signal);
  const model = stages.findLast((each) => each.as === 'graph')!;
  const rowCount = prepared ? Math.min(raw.rowCount, prepared.rowCount) : raw.rowCount;
  const expected = prepared
    ? await runner.apply(model.onnx, model.signature, prepared.columns, rowCount, signal)
    : await applyStages(stages, input, raw, runner, signal);
  return { ...compareOutputs(fused.signature, expected, actual, rowCount), against: prepared ? 'run' : 'stages' };
}

/** So many values of all sample rows together are kept; wide models have fewer rows, but five. */
const SAMPLE_CELLS = 2_000;

/** Rows from all over the data as a request would send them: only the columns that the model takes. At most 20, the first one among them. */
export function sampleRows(signature: Signature, raw: ProofRows): Record<string, string | number | boolean | null>[] {
  const limit = Math.max(5, Math.min(20, Math.floor(SAMPLE_CELLS / Math.max(1, signature.inputs.length))));
  const length = Math.min(limit, raw.rowCount);
  return Array.from({ length }, (_, at) => {
    const row = Math.floor((at * raw.rowCount) / length);
    return Object.fromEntries(
      signature.inputs.map(({ name, type }) => {
        const value = raw.columns.get(name)?.[row] ?? null;
        if (typeof value !== 'number') return [name, value];
        if (Number.isNaN(value)) return [name, null];
        return [name, type === 'boolean' ? value !== 0 : type === 'datetime' ? datetimeText(value) : value];
      }),
    );
  });
}
