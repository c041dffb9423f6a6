import { expect } from 'vitest';

export type Cell = string | number | boolean | null;

const numeric = (value: Cell | undefined): number | null => (value === null || value === undefined ? null : Number(value));

/** Expects the named columns to be equal row by row: text exactly, numbers within 1e-5 of the larger of 1 and their size. */
export function expectEqualColumns(ours: Record<string, Cell[]>, theirs: Record<string, Cell[]>, names: readonly string[]) {
  for (const name of names) {
    const [a, b] = [ours[name]!, theirs[name]!];
    expect(b.length, name).toBe(a.length);
    a.forEach((value, row) => {
      const other = b[row];
      const where = `${name}, row ${row}`;
      if (typeof other === 'string') {
        if (other !== (value === null ? '' : String(value))) expect(other, where).toBe(value);
      } else if (value === null || other === null) {
        if (other !== value) expect(other, where).toBe(value);
      } else {
        const [own, found] = [numeric(value)!, numeric(other)!];
        if (!(Math.abs(found - own) <= 1e-5 * Math.max(1, Math.abs(own)))) expect(found, where).toBe(own);
      }
    });
  }
}
