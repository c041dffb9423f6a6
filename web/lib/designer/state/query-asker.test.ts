import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { QueryCheck } from '#nodes/kit/define.ts';
import { tableOf } from '#nodes/kit/table.ts';
import { QueryAsker } from './query-asker.ts';

const t1 = tableOf({ a: [1] }).schema;
const turn = async (): Promise<void> => void (await vi.advanceTimersByTimeAsync(0));

describe('asking about queries', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function setUp() {
    const asked: { sql: string; signal: AbortSignal; answer: (check: QueryCheck) => void }[] = [];
    let answers = 0;
    const asker = new QueryAsker(
      ({ sql }, signal) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          asked.push({ sql, signal, answer: resolve });
        }),
      () => answers++,
    );
    return { asker, asked, answers: () => answers };
  }

  it('asks for the last of what was typed, once', async () => {
    const { asker, asked, answers } = setUp();
    for (const sql of ['S', 'SE', 'SELECT a FROM t1']) {
      expect(asker.lookup(sql, { t1 })).toBeUndefined();
      await turn();
    }
    await vi.advanceTimersByTimeAsync(300);
    expect(asked.map(({ sql }) => sql)).toEqual(['SELECT a FROM t1']);
    const check = { columns: [{ name: 'a', type: 'number' as const }] };
    asked[0]!.answer(check);
    await turn();
    expect(answers()).toBe(1);
    expect(asker.lookup('SELECT a FROM t1', { t1 })).toEqual(check);
    await vi.advanceTimersByTimeAsync(300);
    expect(asked).toHaveLength(1);
  });

  it('asks for several nodes at once, and aborts what is outdated', async () => {
    const { asker, asked } = setUp();
    asker.lookup('one', { t1 });
    asker.lookup('two', { t1 });
    await vi.advanceTimersByTimeAsync(300);
    expect(asked.map(({ sql }) => sql)).toEqual(['one', 'two']);
    asker.lookup('two', { t1 });
    asker.lookup('three', { t1 });
    await vi.advanceTimersByTimeAsync(300);
    expect(asked.map(({ sql, signal }) => [sql, signal.aborted])).toEqual([
      ['one', true],
      ['two', false],
      ['three', false],
    ]);
  });

  it('does not ask about tables whose columns are not known', async () => {
    const { asker, asked } = setUp();
    asker.lookup('SELECT 1', { t1: { ...t1, open: true } });
    await vi.advanceTimersByTimeAsync(300);
    expect(asked).toEqual([]);
  });
});
