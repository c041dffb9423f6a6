import type { CrossValidatedFigure } from '#nodes/kit/reports.ts';

/** The ends of an axis that holds a figure of all folds, and its mean with one deviation to both sides. */
export function foldDomain({ values, mean, deviation }: Pick<CrossValidatedFigure, 'values' | 'mean' | 'deviation'>): readonly [number, number] {
  const all = values.filter((each) => each !== null);
  if (mean !== null) all.push(mean - (deviation ?? 0), mean + (deviation ?? 0));
  if (all.length === 0) return [0, 1];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = (high - low) * 0.12 || Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
}

const MOST_LETTERS = 120;

/** Which folds, from 1, have their name at the axis: as many as fit side by side, evenly taken. */
export function foldTicks(names: readonly string[]): number[] {
  const longest = Math.max(1, ...names.map((name) => name.length + 2));
  const step = Math.max(1, Math.ceil(names.length / Math.max(1, Math.floor(MOST_LETTERS / longest))));
  return Array.from({ length: Math.ceil(names.length / step) }, (_, at) => at * step + 1);
}
