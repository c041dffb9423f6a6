import { describe, expect, it } from 'vitest';
import { rowWindow, scrollToRow } from './virtual-rows.ts';

describe('rowWindow', () => {
  it('draws what is in view and little more, and keeps the whole height', () => {
    const seen = rowWindow({ count: 1_000, rowHeight: 20, scrollTop: 4_000, viewHeight: 400 });
    expect(seen).toEqual({ first: 192, end: 228, before: 3_840, after: 15_440 });
    expect(seen.before + (seen.end - seen.first) * 20 + seen.after).toBe(20_000);
    expect(rowWindow({ count: 5, rowHeight: 20, scrollTop: 0, viewHeight: 400 })).toEqual({ first: 0, end: 5, before: 0, after: 0 });
    expect(rowWindow({ count: 1_000, rowHeight: 20, scrollTop: 1e9, viewHeight: 400 }).end).toBe(1_000);
  });
  it('scrolls as little as shows a row', () => {
    const view = { rowHeight: 20, scrollTop: 100, viewHeight: 200, header: 28 };
    expect([scrollToRow(2, view), scrollToRow(6, view), scrollToRow(20, view)]).toEqual([40, 100, 248]);
  });
});
