import { expect, it } from 'vitest';
import { sharedMemory } from './load.server.ts';

it('more memory than a kernel can hold is refused', () => {
  expect(() => sharedMemory(5 * 2 ** 30)).toThrow(/^Training needs 5\.0 GB in one piece, and 4 GB is the limit\. Use fewer rows or columns\.$/);
});
