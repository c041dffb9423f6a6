import type { FitContext } from '../kit/context.ts';
import type { LinearLoss } from '../kernels/linear-graph.ts';
import { createLinearLosses } from '../kernels/linear-losses.server.ts';
import { minimize, type Minimum } from '../kernels/minimize.ts';
import { minimizeNewton } from '../kernels/newton.ts';
import type { Features } from './features.server.ts';
import type { LinearRows } from './linear.server.ts';
import { turns } from '../kernels/turns.ts';

/** Up to so many coefficients the Hessian is cheap, and Newton's few steps cost less than many of L-BFGS; found by measuring. */
const NEWTON_WIDTH = 200;
const MAXIMUM_ITERATIONS = 1_000;

export interface LinearFit {
  readonly loss: LinearLoss;
  /** The matrix: its number of columns, and each as asked for. */
  readonly features: Pick<Features, 'values'> & { readonly columns: { readonly length: number } };
  /** Places of classes, or numbers. */
  readonly targets: ArrayLike<number>;
  readonly weights?: Float64Array;
  /** Margins of a row: the number of classes for `softmax`, otherwise 1. */
  readonly outputs: number;
  readonly l1: number;
  readonly l2: number;
  readonly tolerance: number;
  /** Steps that L-BFGS remembers. */
  readonly memory: number;
  readonly maximumIterations?: number;
  /** Where the intercept begins; one output. */
  readonly startIntercept?: number;
  /** Added to the mean loss for the curve; e.g. what of a loss depends on the targets alone. */
  readonly constant?: number;
}

export interface LinearFitted {
  readonly rows: LinearRows;
  /** Mean loss by iteration, without the penalties. */
  readonly history: readonly number[];
  readonly notes: readonly string[];
}

/**
 * Minimises Σ weight × loss + l1 Σ|coefficient| + l2/2 Σ coefficient² over the matrix of the features; intercepts are free. Newton for few
 * columns and one output, otherwise L-BFGS (OWL-QN with L1).
 */
export async function fitLinear(fit: LinearFit, context: FitContext): Promise<LinearFitted> {
  const { features, outputs, l1, l2, tolerance, memory, maximumIterations = MAXIMUM_ITERATIONS, constant = 0 } = fit;
  const columnCount = features.columns.length;
  const width = columnCount + 1;
  const size = width * outputs;
  const rowCount = fit.targets.length;
  const breathe = turns(context.signal);
  const totalWeight = fit.weights ? fit.weights.reduce((sum, each) => sum + each, 0) : rowCount;
  const losses = await createLinearLosses(
    { ...fit, rowCount, columnCount, values: (index) => features.values(index), intercept: true, threads: context.threads },
    breathe,
  );
  const isIntercept = (index: number) => index % width === columnCount;
  const history: number[] = [];
  let plain = 0;
  const penalized = (at: Float64Array, gradient: Float64Array, loss: number): number => {
    plain = loss;
    let squares = 0;
    for (let index = 0; index < size; index += 1) {
      if (isIntercept(index)) continue;
      squares += at[index]! ** 2;
      gradient[index]! += l2 * at[index]!;
    }
    return loss + (l2 / 2) * squares;
  };
  const options = {
    l1: Float64Array.from({ length: size }, (_, index) => (isIntercept(index) ? 0 : l1)),
    tolerance,
    maximumIterations,
    async iterate(iteration: number) {
      const mean = plain / totalWeight + constant;
      history.push(mean);
      context.metric('training loss', mean, iteration);
      context.progress(iteration / (iteration + 20), `iteration ${iteration}`);
      await breathe();
    },
  };
  try {
    const start = new Float64Array(size);
    if (fit.startIntercept !== undefined) start[columnCount] = fit.startIntercept;
    const found =
      outputs === 1 && width <= NEWTON_WIDTH
        ? await minimizeNewton(
            async (at, gradient, hessian) => {
              const loss = await losses.evaluateCurved(at, gradient, hessian);
              for (let index = 0; index < columnCount; index += 1) hessian[index * width + index]! += l2;
              return penalized(at, gradient, loss);
            },
            start,
            options,
          )
        : await minimize(async (at, gradient) => penalized(at, gradient, await losses.evaluate(at, gradient)), start, { ...options, memory });
    return {
      rows: Array.from({ length: outputs }, (_, output) => found.coefficients.slice(output * width, (output + 1) * width)),
      history,
      notes: notesOf(found, isIntercept),
    };
  } finally {
    await losses.release();
  }
}

function notesOf({ coefficients, converged, iterations }: Minimum, isIntercept: (index: number) => boolean): string[] {
  const own = [...coefficients].filter((_, index) => !isIntercept(index));
  const count = `${iterations} iteration${iterations === 1 ? '' : 's'}`;
  const zeros = own.filter((each) => each === 0).length;
  return [
    converged ? `The optimizer converged after ${count}.` : `The optimizer was stopped after ${count}, before it converged.`,
    ...(zeros > 0 ? [`${zeros} of ${own.length} coefficients are zero.`] : []),
  ];
}
