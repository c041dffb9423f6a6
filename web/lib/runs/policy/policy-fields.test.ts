import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '#pipelines/policy.ts';
import { policyText, readPolicy, RUN_FIELDS, type PolicyKey } from './policy-fields.ts';
import { policyWords } from './policy-words.ts';

const field = (key: PolicyKey) => RUN_FIELDS.find((each) => each.key === key)!;
const read = (key: PolicyKey, text: string): unknown => {
  const answer = readPolicy(field(key), text);
  return answer.wrong ?? answer.value;
};

describe('fields of a policy', () => {
  it('are read as people write them', () => {
    expect(['90', '90 s', '5 min', '2 h', '1 h 30 min', '1h30m', '0.5 s', 'none', ''].map((text) => read('timeLimitSeconds', text))).toEqual([
      90,
      90,
      300,
      7_200,
      5_400,
      5_400,
      0.5,
      null,
      undefined,
    ]);
    expect(['512', '512 MB', '2 GB', 'none'].map((text) => read('memoryMegabytes', text))).toEqual([512, 512, 2_000, null]);
    expect(['3', '−5', '-5', ''].map((text) => read('priority', text))).toEqual([3, -5, -5, undefined]);
  });

  it('are refused out of bounds, with words', () => {
    expect([read('retries', '21'), read('retries', '1.5'), read('retries', 'many')]).toEqual(Array(3).fill('Type a whole number from 0 to 20.'));
    expect(read('priority', '11')).toBe('Type a whole number from −10 to 10.');
    expect(read('timeLimitSeconds', '8000 h')).toBe('Type a time up to 7 days, such as 90 s, 5 min or 2 h, or none.');
    expect(read('timeLimitSeconds', '0')).toMatch(/^Type a time/);
    expect(read('retryDelaySeconds', '2 h')).toBe('Type a time from 0 s up to 1 h, such as 90 s, 5 min or 2 h.');
    expect(read('retryDelaySeconds', 'none')).toMatch(/^Type a time/);
    expect(read('memoryMegabytes', '64')).toBe('Type 128 MB to 4.19 TB, such as 512 MB or 2 GB, or none.');
  });

  it('are shown as they are read', () => {
    for (const [key, value] of [
      ['timeLimitSeconds', 5_400],
      ['retryDelaySeconds', 0.5],
      ['memoryMegabytes', 512],
      ['priority', -3],
      ['timeLimitSeconds', null],
    ] as const)
      expect(read(key, policyText(field(key), value))).toBe(value);
    expect(policyText(field('retryDelaySeconds'), 0)).toBe('0 s');
  });

  it('make a line of what is out of the usual', () => {
    expect(policyWords(DEFAULT_POLICY)).toBe('');
    expect(policyWords({ retries: 1, timeLimitSeconds: 300, onFailure: 'stop', compute: 'small' })).toBe(
      '1 retry · at most 5 min a step · on failure stop the run · on small',
    );
    expect(policyWords({ retries: 0, timeLimitSeconds: null }, {})).toBe('0 retries · no time limit');
  });
});
