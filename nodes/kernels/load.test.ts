import { expect, it, onTestFinished, vi } from 'vitest';
import { sharedMemory } from './load.server.ts';

it.each([
  ['than is free', 2 ** 30, /^Training needs 1\.0 GB, and 0\.5 GB are free\. Use fewer rows or columns\.$/],
  ['than a kernel can hold', 5 * 2 ** 30, /^Training needs 5\.0 GB in one piece, and 4 GB is the limit\. Use fewer rows or columns\.$/],
])('more memory %s is refused before anything is taken', (_what, bytes, says) => {
  const free = vi.spyOn(process, 'availableMemory').mockReturnValue(2 ** 29);
  onTestFinished(() => free.mockRestore());
  expect(() => sharedMemory(bytes)).toThrow(says);
});
