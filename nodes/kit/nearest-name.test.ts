import { expect, it } from 'vitest';
import { nearestName } from './nearest-name.ts';

it.each([
  ['chrun', 'churn'],
  ['tneure', 'tenure'],
  ['Contract', 'contract'],
  ['ten', undefined],
  ['', undefined],
])('%j means %s', (name, meant) => expect(nearestName(name, ['churn', 'tenure', 'contract'])).toBe(meant));
