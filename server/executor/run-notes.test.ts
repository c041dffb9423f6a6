import { expect, test } from 'vitest';
import { LINE_CHARACTERS, LOG_LINES, RunNotes } from './run-notes.ts';

const kinds = (notes: RunNotes): string[] => notes.take().map(({ event }) => event.type);

test('the use of the machine is written often at first and then ever less', () => {
  let now = 0;
  const notes = new RunNotes(() => now);
  const written: number[] = [];
  for (; now < 3_600_000; now += 500) {
    notes.report('a', { type: 'usage', id: '1', cpuMilliseconds: now, residentBytes: 1 });
    if (kinds(notes).length > 0) written.push(now);
  }
  expect(written.slice(0, 4)).toEqual([0, 1_000, 2_500, 5_000]);
  expect(written.length).toBeLessThan(140);
  expect(written.at(-1)! - written.at(-2)!).toBe(30_000);
});

test('progress is reduced to the newest, lines are cut and end with a notice', () => {
  const notes = new RunNotes(() => 0);
  for (const fraction of [0.1, 0.2, 0.3]) notes.report('a', { type: 'progress', id: '1', fraction, message: '' });
  expect(notes.take()).toMatchObject([{ event: { type: 'progress', fraction: 0.3 } }]);
  for (let line = 0; line < LOG_LINES + 10; line++) notes.report('a', { type: 'log', id: '1', level: 'info', message: 'x'.repeat(LINE_CHARACTERS + 1) });
  const written = notes.take().map(({ event }) => (event.type === 'log' ? event.message : ''));
  expect(written[0]).toMatch(/ … \(cut\)$/);
  expect(written.at(-1)).toContain('what follows is left out');
  expect(written.length).toBeLessThanOrEqual(LOG_LINES + 1);
});
