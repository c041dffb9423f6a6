import * as param from '../kit/params.ts';

export type ClassWeights = 'none' | 'balanced';

/** The parameter of classification learners that lets rare classes count as much as frequent ones. */
export const classWeightsParam = () =>
  param.choice({
    title: 'Class weights',
    help: 'Balanced: a row of a rare class counts more, so that each class counts as much as any other.',
    options: { none: 'None', balanced: 'Balanced' },
    default: 'none',
    advanced: true,
  });

/** Row weights times rows / (classes × rows of the row's class) where balanced, as scikit-learn does; otherwise the row weights as they are. */
export function weightsWithClasses(kind: ClassWeights, targets: ArrayLike<number>, classCount: number, weights?: Float64Array): Float64Array | undefined {
  if (kind === 'none') return weights;
  const counts = new Float64Array(classCount);
  for (let row = 0; row < targets.length; row += 1) counts[targets[row]!]! += 1;
  return Float64Array.from(targets, (target, row) => ((weights?.[row] ?? 1) * targets.length) / (classCount * counts[target]!));
}
