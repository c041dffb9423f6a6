import type { RunContext } from '../../kit/context.ts';
import { NodeError } from '../../kit/issues.ts';
import { isTrees, readTrees } from '../../learners/trees/read.server.ts';
import type { MatrixRows } from './matrix.server.ts';
import { linearWeights, type ScorePath } from './score-path.server.ts';
import { depthOf, expectedValue, TreeShap } from './tree-shap.ts';

/** Explains one row: adds to `into`, by column of the matrix, what each column contributes to the score of the output; gives the base value. */
export type Explainer = (row: number, output: number, into: Float64Array) => number;

/** Chooses the exact method by what the model is. `matrix` are the rows to explain, `means` those of the background, for linear models. */
export function explainerOf(path: ScorePath, { matrix }: Pick<MatrixRows, 'matrix'>, means: () => readonly number[]): Explainer {
  return isTrees(path.scorer) ? treeExplainer(path, matrix) : linearExplainer(path, matrix, means());
}

function treeExplainer(path: ScorePath, matrix: readonly Float64Array[]): Explainer {
  const trees = readTrees(path.scorer);
  if (!trees) {
    const message = 'The model does not carry how its training rows went through its trees: it was trained by an older version. Train it again.';
    throw new NodeError('model_mismatch', message);
  }
  const shap = new TreeShap(trees.reduce((most, tree) => Math.max(most, depthOf(tree)), 0));
  const bases = path.scales.map((_, output) =>
    trees.reduce((sum, tree) => sum + (tree.values.has(output) ? expectedValue(tree, tree.values.get(output)!) : 0), 0),
  );
  const own = new Float32Array(path.columns.length);
  return (row, output, into) => {
    matrix.forEach((values, column) => (own[column] = values[row]!));
    into.fill(0);
    for (const tree of trees) {
      const values = tree.values.get(output);
      if (values) shap.add(tree, values, own, into);
    }
    const scale = path.scales[output]!;
    for (let column = 0; column < into.length; column += 1) into[column]! *= scale;
    return bases[output]! * scale + path.shifts[output]!;
  };
}

/**
 * The contribution of a column is its weight × (value − mean): exact Shapley values where columns are taken to be independent of each other
 * (S. Lundberg & S.-I. Lee, A unified approach to interpreting model predictions, 2017, Corollary 1).
 */
function linearExplainer(path: ScorePath, matrix: readonly Float64Array[], means: readonly number[]): Explainer {
  const { weights, intercepts } = linearWeights(path);
  return (row, output, into) => {
    const scale = path.scales[output]!;
    let base = scale * intercepts[output]! + path.shifts[output]!;
    matrix.forEach((values, column) => {
      const weight = scale * weights[column * path.width + output]!;
      into[column] = weight * (values[row]! - means[column]!);
      base += weight * means[column]!;
    });
    return base;
  };
}

/** Explains all rows, summed by the columns that people know; other work gets its turn between rows. */
export async function explainRows(
  path: ScorePath,
  explain: Explainer,
  outputs: Int32Array,
  features: readonly string[],
  context: Pick<RunContext, 'signal' | 'progress'>,
): Promise<{ bases: Float64Array; contributions: ReadonlyMap<string, Float64Array> }> {
  const bases = new Float64Array(outputs.length);
  const contributions = new Map(features.map((name) => [name, new Float64Array(outputs.length)]));
  const into = new Float64Array(path.columns.length);
  let paused = performance.now();
  for (let row = 0; row < outputs.length; row += 1) {
    bases[row] = explain(row, outputs[row]!, into);
    path.columns.forEach((name, column) => (contributions.get(name)![row]! += into[column]!));
    if (performance.now() - paused < 20) continue;
    context.progress(row / outputs.length, `row ${row + 1} of ${outputs.length}`);
    await new Promise((resume) => setImmediate(resume));
    context.signal.throwIfAborted();
    paused = performance.now();
  }
  return { bases, contributions };
}
