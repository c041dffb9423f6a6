import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** In a process of its own: collects what its own start left, once it has been quiet, and tells what the heap was before and after. */
const program = `
  import { collectStartGarbage } from '#server/garbage.ts';
  let load = Array.from({ length: 300_000 }, (_, index) => ({ index }));
  const total = () => process.memoryUsage().heapTotal;
  let looks = 0;
  let whileBusy = 0;
  // Busy at the first two looks, and quiet from the third on.
  collectStartGarbage(() => {
    whileBusy = ++looks <= 3 ? total() : whileBusy;
    return Math.min(looks, 3);
  });
  load = null;
  const before = total();
  const look = setInterval(() => {
    if (total() > before / 2) return;
    clearInterval(look);
    console.log(JSON.stringify({ before, looks, whileBusy, after: total(), global: typeof globalThis.gc }));
  }, 100);
`;

it('what a start leaves in memory goes back to the system at the first quiet moment', () => {
  const text = execFileSync(process.execPath, ['--input-type=module-typescript', '-e', program], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  });
  const { before, looks, whileBusy, after, global } = JSON.parse(text) as Record<'before' | 'looks' | 'whileBusy' | 'after', number> & { global: string };
  expect(looks).toBe(4);
  expect(after).toBeLessThan(before / 2);
  expect(whileBusy).toBeGreaterThan(before / 2);
  expect(global).toBe('undefined');
});
