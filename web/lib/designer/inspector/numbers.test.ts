import { expect, it } from 'vitest';
import { z } from 'zod';
import { numbers as numbersParam } from '#nodes/kit/params.ts';
import { readNumbers, showNumbers } from './numbers.ts';

const schema = numbersParam({ title: 'Rates', default: [1], above: 0, maximum: 10, maximumCount: 3 });

it.each([
  ['0.1, 0.2', [0.1, 0.2]],
  ['  1;2   3 ', [1, 2, 3]],
  ['1e-3,', [0.001]],
])('reads %j', (text, numbers) => expect(readNumbers(text, schema)).toEqual({ numbers }));

it.each([
  ['', 'Type one or more numbers'],
  ['1, two', '“two” is not a number'],
  ['1, -2', '“-2”'],
  ['11', '“11”'],
  ['1,2,3,4', '3'],
])('says what is wrong with %j', (text, wrong) => expect((readNumbers(text, schema) as { wrong: string }).wrong).toContain(wrong));

it('shows what it can read back', () => {
  expect(showNumbers([0.5, 1e-7])).toBe('0.5, 1e-7');
  expect(readNumbers(showNumbers([0.5, 1e-7]), z.array(z.number()))).toEqual({ numbers: [0.5, 1e-7] });
  expect(showNumbers(undefined)).toBe('');
});
