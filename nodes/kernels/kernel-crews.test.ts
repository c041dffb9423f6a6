import { afterEach, describe, expect, it, vi } from 'vitest';
import { KeptCrews } from './kernel-crews.server.ts';
import { BASE } from './load.server.ts';

const KERNEL = 'delimited-numbers';
const SPAN = 65_536;

describe('kept crews', () => {
  afterEach(() => vi.useRealTimers());

  it('come back with their threads and memory, grown where more is wanted', async () => {
    const crews = new KeptCrews(async () => {});
    const first = await crews.open(KERNEL, 1, SPAN);
    new Uint8Array(first.memory.buffer)[BASE] = 7;
    await crews.close(first);
    const second = await crews.open(KERNEL, 1, 40 * SPAN);
    expect(second).toBe(first);
    expect(new Uint8Array(second.memory.buffer)[BASE]).toBe(7);
    expect(second.memory.buffer.byteLength).toBeGreaterThanOrEqual(40 * SPAN);
    await second.crew.callAll(KERNEL, 'setPowers', () => [BASE, 0, 0]);
    await crews.close(second);
    await crews.giveUp();
  });

  it('of another size, and those that others use, are not taken', async () => {
    const crews = new KeptCrews(async () => {});
    const one = await crews.open(KERNEL, 1, SPAN);
    const other = await crews.open(KERNEL, 1, SPAN);
    expect(other).not.toBe(one);
    await crews.close(one);
    const wider = await crews.open(KERNEL, 2, SPAN);
    expect(wider.crew.size).toBe(3);
    expect(wider).not.toBe(one);
    await Promise.all([crews.close(other), crews.close(wider)]);
    await crews.giveUp();
  });

  it('with work that goes on are ended, and so is that work', async () => {
    const crews = new KeptCrews(async () => {});
    const opened = await crews.open(KERNEL, 1, SPAN);
    const call = opened.crew.call(1, KERNEL, 'setPowers', [BASE, 0, 0]);
    await crews.close(opened);
    await call.catch(() => undefined);
    const next = await crews.open(KERNEL, 1, SPAN);
    expect(next).not.toBe(opened);
    await crews.close(next);
    await crews.giveUp();
  });

  it('whose threads ended are not taken again', async () => {
    const crews = new KeptCrews(async () => {});
    const opened = await crews.open(KERNEL, 1, SPAN);
    await crews.close(opened);
    await opened.crew.dismiss();
    const next = await crews.open(KERNEL, 1, SPAN);
    await next.crew.callAll(KERNEL, 'setPowers', () => [BASE, 0, 0]);
    await crews.close(next);
    await crews.giveUp();
  });

  it('that cannot have the memory that is wanted are ended', async () => {
    const crews = new KeptCrews(async () => {});
    const opened = await crews.open(KERNEL, 1, SPAN);
    await crews.close(opened);
    await expect(crews.open(KERNEL, 1, 2 ** 33)).rejects.toThrow('4 GB is the limit');
    await vi.waitFor(() => expect(opened.crew.idle).toBe(false));
  });

  it('are given up after a while without use, and that is told', async () => {
    const collect = vi.fn(async () => {});
    const crews = new KeptCrews(collect);
    const opened = await crews.open(KERNEL, 1, SPAN);
    vi.useFakeTimers();
    await crews.close(opened);
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(collect).toHaveBeenCalledOnce());
    const next = await crews.open(KERNEL, 1, SPAN);
    expect(next).not.toBe(opened);
    await crews.close(next);
    await crews.giveUp();
  });
});
