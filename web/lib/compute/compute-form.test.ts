import { describe, expect, it } from 'vitest';
import { readCompute } from './compute-form.ts';
import { demand, memory } from './words.ts';

const good = { name: 'small', description: ' For little jobs ', slots: '1', threads: '2', memoryMegabytes: '512' };
const world = { cores: 2, taken: ['local'] };

describe('readCompute', () => {
  it('reads what is right', () =>
    expect(readCompute(good, world)).toEqual({
      values: { name: 'small', description: 'For little jobs', slots: 1, threads: 2, memoryMegabytes: 512 },
      errors: {},
    }));

  it.each([
    ['name', '', /Small letters/],
    ['name', 'Small', /Small letters/],
    ['name', 'local', /already/],
    ['slots', '', /from 1 to 16/],
    ['slots', '17', /from 1 to 16/],
    ['slots', '1.5', /whole number/],
    ['threads', '3', /from 1 to 2/],
    ['memoryMegabytes', '127', /from 128/],
    ['memoryMegabytes', '1e3', /from 128/],
  ])('says what is wrong with %s "%s"', (field, text, why) => {
    const { errors } = readCompute({ ...good, [field]: text }, world);
    expect(Object.keys(errors)).toEqual([field]);
    expect(Object.values(errors)[0]).toMatch(why);
  });
});

describe('demand', () => {
  const machine = { cores: 4, memoryBytes: 8 * 2 ** 30, freeMemoryBytes: 0 };
  it('says what all slots together may take', () =>
    expect(demand({ slots: 2, threads: 2, memoryMegabytes: 2048 }, machine)).toEqual([
      { text: '2 slots × 2 threads = 4 threads on 4 processors', tight: false },
      { text: '2 slots × 2 GB = 4 GB of 8 GB', tight: false },
    ]));
  it('says when that is more than there is', () =>
    expect(demand({ slots: 5, threads: 1, memoryMegabytes: 2048 }, machine).map(({ tight }) => tight)).toEqual([true, true]));
});

it.each([
  [512, '512 MB'],
  [1024, '1 GB'],
  [1536, '1.5 GB'],
  [4096, '4 GB'],
])('says %d megabytes as %s', (amount, text) => expect(memory(amount * 2 ** 20)).toBe(text));
