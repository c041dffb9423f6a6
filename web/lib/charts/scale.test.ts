import { expect, it } from 'vitest';
import { tickText } from './scale.ts';

it('ticks below zero have a minus, dates their hyphens', () =>
  expect(['-0.25', '-1,000', '1e-5', '-2e-7', '0', '2024-01-05', '12:00', '-∞'].map(tickText)).toEqual(
    ['−0.25', '−1,000', '1e−5', '−2e−7', '0', '2024-01-05', '12:00', '-∞'], // prettier-ignore
  ));
