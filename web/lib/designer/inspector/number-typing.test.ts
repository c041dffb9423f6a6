import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { NumberTyping, readNumber } from './number-typing.svelte.ts';

it('numbers are read as people write them', () =>
  expect(['20', ' 0.5', '0,5', '12,25', '1,000', '1,250,000.5', '-1,500', '−3', '0,125', '1e3'].map(readNumber)).toEqual([
    20, 0.5, 0.5, 12.25, 1_000, 1_250_000.5, -1_500, -3, 0.125, 1_000,
  ]));

describe('a field for a number', () => {
  const field = (schema: z.ZodType = z.int().min(1).max(100)) => {
    const place = { value: 20 as unknown, schema, onchange: (value: number) => void (place.value = value) };
    return { place, typing: new NumberTyping(() => place) };
  };

  it('takes a legal number as it is typed, and shows the value itself once it is left', () => {
    const { place, typing } = field();
    typing.type('3');
    typing.type('30');
    expect([place.value, typing.text, typing.wrong]).toEqual([30, '30', null]);
    typing.type('0030');
    typing.leave();
    expect(typing.text).toBe('30');
  });

  it('keeps what is wrong after it is left, and says what is accepted and what counts meanwhile', () => {
    const { place, typing } = field();
    typing.type('many');
    typing.leave();
    expect([place.value, typing.text, typing.wrong]).toEqual([20, 'many', 'Type a number, 1 – 100. Until then 20 counts.']);
    typing.type('101');
    typing.leave();
    expect([place.value, typing.text, typing.wrong]).toEqual([20, '101', 'Give at most 100. Until then 20 counts.']);
    typing.type('2.5');
    expect(typing.wrong).toBe('Give a whole number. Until then 20 counts.');
    typing.type('25');
    expect([place.value, typing.wrong]).toEqual([25, null]);
  });

  it('goes back to what counts when it is given up', () => {
    const { typing } = field();
    typing.type('');
    expect(typing.wrong).toBe('Type a number, 1 – 100. Until then 20 counts.');
    typing.giveUp();
    expect([typing.text, typing.wrong]).toEqual(['20', null]);
  });

  it('steps within what is allowed, from the number that is shown', () => {
    const { place, typing } = field(z.number().max(21));
    typing.step(0.1);
    expect(place.value).toBe(20.1);
    typing.step(10);
    expect(place.value).toBe(20.1);
  });
});
