import { expect, it } from 'vitest';
import { z } from 'zod';
import { choice, integer, number } from '#nodes/kit/params.ts';
import { valueWords } from './value-words.ts';

const rate = number({ title: 'Rate', default: 0.1, above: 0, maximum: 1 });
const leaves = integer({ title: 'Leaves', default: 20, minimum: 2, maximum: 1_000 });

it.each<[z.ZodType, unknown, string]>([
  [rate, -5, 'Give more than 0.'],
  [rate, 1.5, 'Give at most 1.'],
  [rate, 'much', 'Give a number.'],
  [leaves, 0, 'Give at least 2.'],
  [leaves, 1.5, 'Give a whole number.'],
  [z.string().max(3), 'long', 'Give at most 3 characters.'],
  [z.array(z.number()).min(1), [], 'Give at least 1 entry.'],
  [choice({ title: 'Way', options: { up: 'Up', down: 'Down' }, default: 'up' }), 'left', 'Give one of “up”, “down”.'],
  [z.string().refine(() => false, 'Not a name'), 'x', 'Not a name.'],
])('says what is allowed: %#', (schema, value, words) => {
  expect(valueWords(schema.safeParse(value).error!.issues[0]!)).toBe(words);
});
