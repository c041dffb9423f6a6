import { describe, expect, it } from 'vitest';
import { History } from './history.svelte.ts';

const clock = () => {
  let now = 0;
  return { now: () => now, pass: (milliseconds: number) => void (now += milliseconds) };
};

describe('History', () => {
  it('goes back and forth by name', () => {
    const history = new History<string>(() => 0);
    history.record('Add Split Data', 'a');
    history.record('Move Split Data', 'b');
    expect(history.undoName).toBe('Move Split Data');
    expect(history.undo('c')).toBe('b');
    expect(history.redoName).toBe('Move Split Data');
    expect(history.undo('b')).toBe('a');
    expect(history.undo('a')).toBeNull();
    expect(history.redo('a')).toBe('b');
    expect(history.redo('b')).toBe('c');
    expect(history.canRedo).toBe(false);
  });

  it('forgets what could be redone once something else is done', () => {
    const history = new History<string>(() => 0);
    history.record('One', 'a');
    history.undo('b');
    history.record('Two', 'a');
    expect(history.canRedo).toBe(false);
  });

  it('joins quick changes of one key, and only those', () => {
    const time = clock();
    const history = new History<string>(time.now);
    history.record('Set Seed', '1', 'n1.seed');
    time.pass(200);
    history.record('Set Seed', '12', 'n1.seed');
    expect(history.undo('123')).toBe('1');
    history.record('Set Seed', '1', 'n1.seed');
    time.pass(5_000);
    history.record('Set Seed', '12', 'n1.seed');
    expect(history.undo('123')).toBe('12');
  });
});

describe('rebase', () => {
  it('changes what can be undone and done again, and nothing of the order', () => {
    const history = new History<string>(() => 0);
    history.record('one', 'a');
    history.record('two', 'b');
    expect(history.undo('c')).toBe('b');
    history.rebase((value) => `${value}!`);
    expect([history.redoName, history.redo('b!'), history.undo('c!'), history.undo('b!')]).toEqual(['two', 'c!', 'b!', 'a!']);
  });
});
