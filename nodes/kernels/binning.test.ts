import { expect, it, onTestFinished, vi } from 'vitest';
import { binMatrix } from './binning.server.ts';
import { Crew } from './crew.server.ts';

it('more memory than is free is refused before anything is taken', async () => {
  const free = vi.spyOn(process, 'availableMemory').mockReturnValue(2 ** 29);
  onTestFinished(() => free.mockRestore());
  const values = new Float32Array(0);
  const rows = { rowCount: 10_000_000, trainedCount: 10_000_000, seed: 1 };
  const binning = binMatrix(
    Array.from({ length: 100 }, () => ({ values })),
    rows,
    new Crew(1),
    async () => {},
  );
  await expect(binning).rejects.toThrow(/^Training needs \d\.\d GB, and 512 MB are free\. Use fewer rows or columns\.$/);
});
