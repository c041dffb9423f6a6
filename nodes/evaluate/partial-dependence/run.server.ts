import type { OpenGraph, TrainingColumn } from '../../kit/context.ts';
import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import type { DependenceCurve } from '../../kit/partial-dependence.ts';
import { probabilityColumn, SCORED_LABELS, SCORED_PROBABILITIES, type Signature } from '../../kit/signature.ts';
import { findColumn, type Columns, type ColumnValues } from '../../kit/table.ts';
import { sampleOf } from '../../kernels/random.ts';
import { readFeatures } from '../../train/rows.server.ts';
import { chooseColumns } from '../../transform/choose-columns.ts';
import { gridOf, type Grid } from './grid.ts';
import { dependenceIssues, partialDependence } from './node.ts';

/** More classes than this would give a picture that no one can read. */
const CLASS_LIMIT = 20;

/** Friedman 2001: the mean prediction over the rows, all of which take on each value of the grid in turn; single rows after Goldstein et al. 2015. */
export default defineRun(partialDependence, async ({ model, data }, params, context) => {
  const { signature, onnx, summary } = model;
  const [issue] = dependenceIssues({ task: signature.task, signature }, data.schema, params);
  if (issue) throw new NodeError(issue.code, issue.message, { param: issue.param });
  const chosen = new Set(chooseColumns(params.columns, data.schema).columns.map(({ name }) => name));
  const features = signature.inputs.flatMap(({ name }) => findColumn(data.schema, name) ?? []);
  if (!features.some(({ name }) => chosen.has(name)))
    throw new NodeError('columns_none', 'The model takes none of the chosen columns. Choose columns that it was trained with.', { param: 'columns' });
  const all = await readFeatures(data, features, context);
  const rows = sampleOf(all.rowCount, Math.min(params.rows, all.rowCount), params.seed);
  const sampled: Columns = new Map(all.features.map(({ schema, values }) => [schema.name, at(values, rows)]));
  const targets = targetsOf(signature);
  const wanted = all.features
    .filter(({ schema }) => chosen.has(schema.name))
    .map((each) => ({ ...each, grid: gridOf(each.schema, each.values, params.points) }));
  const total = wanted.reduce((sum, { grid }) => sum + grid.values.length, 0);
  let done = 0;
  const graph = await context.onnx.open(onnx, signature);
  try {
    const curves: DependenceCurve[] = [];
    for (const { schema, grid } of wanted) {
      if (grid.values.length === 0) {
        context.log(`“${schema.name}” is missing in every row, so it has no curve.`);
        continue;
      }
      const step = () => context.progress(++done / total, schema.name);
      curves.push(
        await curveOf(schema, grid, { graph, columns: sampled, rowCount: rows.length, targets, singles: params.curves, signal: context.signal, step }),
      );
    }
    curves.sort((a, b) => spread(b) - spread(a));
    const probability = signature.task !== 'regression';
    return {
      report: {
        type: 'partial-dependence',
        title: summary.title,
        task: signature.task!,
        outputs: targets.map(({ name }) => name),
        probability,
        rowCount: rows.length,
        curves,
      },
    };
  } finally {
    await graph.close();
  }
});

interface Target {
  readonly name: string;
  readonly column: string;
}

/** The columns of a prediction whose height is drawn. */
function targetsOf({ task, label, outputs }: Signature): Target[] {
  const levels = label?.levels ?? [];
  if (task === 'regression') return [{ name: label?.name ?? SCORED_LABELS, column: SCORED_LABELS }];
  if (task === 'multiclass')
    return levels
      .slice(0, CLASS_LIMIT)
      .map((name) => ({ name, column: probabilityColumn(name) }))
      .filter(({ column }) => outputs.some(({ name }) => name === column));
  return [{ name: task === 'anomaly' ? 'Anomaly' : (levels.at(-1) ?? SCORED_LABELS), column: SCORED_PROBABILITIES }];
}

interface Scoring {
  readonly graph: OpenGraph;
  readonly columns: Columns;
  readonly rowCount: number;
  readonly targets: readonly Target[];
  readonly singles: number;
  readonly signal: AbortSignal;
  step(): void;
}

async function curveOf(
  { name }: TrainingColumn['schema'],
  grid: Grid,
  { graph, columns, rowCount, targets, singles, signal, step }: Scoring,
): Promise<DependenceCurve> {
  const means = targets.map((): number[] => []);
  const drawn = targets.length === 1 ? Math.min(singles, rowCount) : 0;
  const rows = Array.from({ length: drawn }, (): number[] => []);
  for (const value of grid.values) {
    const fixed = typeof value === 'number' ? new Float64Array(rowCount).fill(value) : new Array<string>(rowCount).fill(value);
    const scores = await graph.apply(new Map([...columns, [name, fixed]]), rowCount, signal);
    targets.forEach(({ column }, index) => {
      const found = scores.get(column) as Float64Array;
      means[index]!.push(found.reduce((sum, each) => sum + each, 0) / rowCount);
      rows.forEach((row, place) => row.push(found[Math.floor((place * rowCount) / drawn)]!));
    });
    step();
  }
  return { column: name, grid: grid.places, ...(grid.levels && { levels: grid.levels }), means, rows, deciles: grid.deciles };
}

/** How far the mean prediction moves, of the output that moves most. */
const spread = ({ means }: DependenceCurve): number => Math.max(0, ...means.map((each) => Math.max(...each) - Math.min(...each)));

const at = (values: ColumnValues, rows: Uint32Array): ColumnValues =>
  values instanceof Float64Array ? Float64Array.from(rows, (row) => values[row]!) : Array.from(rows, (row) => values[row]!);
