import { expect, it } from 'vitest';
import { learnerOf } from './learner.ts';

const spec = { learner: 'some-learner', task: 'regression' } as const;
const params = { mode: 'single', rate: 0.1, rateRange: [0.1, 0.2], dateRange: 'a parameter of its own' };

it('gives single values, without what only a sweep needs', () => {
  expect(learnerOf(spec, params)).toEqual({ ...spec, params: { rate: 0.1, dateRange: 'a parameter of its own' } });
});

it('gives the values to try beside them where the mode is a range', () => {
  expect(learnerOf(spec, { ...params, mode: 'range' })).toEqual({
    ...spec,
    params: { rate: 0.1, dateRange: 'a parameter of its own' },
    ranges: { rate: [0.1, 0.2] },
  });
});
