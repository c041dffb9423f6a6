import { expect, it } from 'vitest';
import { settingsOf } from './model-settings.ts';

it('names settings and choices as the inspector does', () => {
  expect(settingsOf({ learner: 'two-class-logistic-regression', params: { tolerance: 1e-7, classWeights: 'none', other: [1, 2] } })).toEqual([
    { name: 'Optimization tolerance', value: '1e-7' },
    { name: 'Class weights', value: 'None' },
    { name: 'other', value: '1, 2' },
  ]);
});

it('of a model of two-class ones names theirs, after their algorithm', () => {
  const params = { learner: 'two-class-logistic-regression', classWeights: 'balanced' };
  expect(settingsOf({ learner: 'one-vs-one-multiclass', params })).toEqual([
    { name: 'Two-class algorithm', value: 'Two-Class Logistic Regression' },
    { name: 'Class weights', value: 'Balanced' },
  ]);
});
