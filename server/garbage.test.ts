import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** In a process of its own: collects what its own start left, once it has been quiet, and tells what the heap was before and after. */
const program = `
  import { collectStartGarbage } from '#server/garbage.ts';
  let load = Array.from({ length: 300_000 }, (_, index) => ({ index }));
  let worked = 0;
  const total = () => process.memoryUsage().heapTotal;
  const busy = setInterval(() => worked++, 400);
  setTimeout(() => clearInterval(busy), 2_500);
  collectStartGarbage(() => worked);
  load = null;
  const before = total();
  let whileBusy = 0;
  setTimeout(() => (whileBusy = total()), 2_300);
  const look = setInterval(() => {
    if (total() > before / 2) return;
    clearInterval(look);
    clearInterval(busy);
    console.log(JSON.stringify({ before, whileBusy, after: total(), global: typeof globalThis.gc }));
  }, 100);
`;

it('what a start leaves in memory goes back to the system at the first quiet moment', () => {
  const text = execFileSync(process.execPath, ['--input-type=module-typescript', '-e', program], {
    encoding: 'utf8',
    timeout: 20_000,
    cwd: import.meta.dirname,
  });
  const { before, whileBusy, after, global } = JSON.parse(text) as { before: number; whileBusy: number; after: number; global: string };
  expect(after).toBeLessThan(before / 2);
  expect(whileBusy).toBeGreaterThan(before / 2);
  expect(global).toBe('undefined');
});
