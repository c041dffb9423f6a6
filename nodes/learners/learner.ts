import type { Learner, LearnerSpec } from '../kit/kinds.ts';

const RANGE = 'Range';

/**
 * The value that a learner node gives. `mode` and the lists `xRange` of *Create trainer mode* become `ranges` where the mode is a range, and
 * are no parameters of the training itself.
 */
export function learnerOf(spec: LearnerSpec, params: Readonly<Record<string, unknown>>): Learner {
  const isRange = (name: string) => name.endsWith(RANGE) && Object.hasOwn(params, name.slice(0, -RANGE.length));
  const single = Object.fromEntries(Object.entries(params).filter(([name]) => name !== 'mode' && !isRange(name)));
  if (params.mode !== 'range') return { ...spec, params: single };
  const ranges = Object.entries(params).flatMap(([name, values]) =>
    isRange(name) ? [[name.slice(0, -RANGE.length), values as readonly unknown[]] as const] : [],
  );
  return { ...spec, params: single, ranges: Object.fromEntries(ranges) };
}
