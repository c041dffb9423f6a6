import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '#server/db/client.ts';
import type { Limits, OpenAdapter } from './adapter.ts';
import { Computes, type Waiter } from './computes.ts';
import { LocalCompute } from './local.ts';
import { LoadHistory } from './load-history.ts';
import { SlotBook } from './slot-book.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-computes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A compute that counts the processor time it is told of. */
class CountingCompute extends LocalCompute {
  spent = 0;
  override get cpuMilliseconds(): number {
    return this.spent;
  }
}

let files = 0;
let db: Database;
let computes: Computes;
let opened: CountingCompute[];
beforeEach(() => {
  db = openDatabase(join(folder, `${files++}.sqlite`));
  for (const id of ['w', 'other']) db.$client.prepare('INSERT INTO workspaces (id, name, created_at) VALUES (?, ?, 0)').run(id, id);
  opened = [];
  const open: OpenAdapter = (limits: Limits) => {
    const compute = new CountingCompute(null as never, folder, limits, () => {});
    opened.push(compute);
    return compute;
  };
  computes = new Computes({ db, adapters: { local: open }, local: { slots: 2, threads: 1, memoryBytes: 512 * 2 ** 20 }, now: () => 0 });
  return () => db.$client.close();
});

const waiter = (number: number, pipelineId = 'p'): Waiter => ({ number, pipelineId, priority: 0, offer: () => {} });

describe('registered computes', () => {
  it('begin with one that is always there', () => {
    expect(computes.list('w')).toEqual([
      { name: 'local', description: 'This machine', adapter: 'local', slots: 2, threads: 1, memoryMegabytes: 512, isDefault: true, createdAt: null },
    ]);
    expect(computes.find('w', null)?.name).toBe('local');
    expect(computes.find('w', null)).toBe(computes.find('w', 'local'));
    expect(computes.find('w', 'small')).toBeUndefined();
  });

  it('are found for many steps at once, by name or as the default', () => {
    computes.create('w', 'small', { slots: 1, memoryMegabytes: 256 });
    const find = computes.finder('w');
    for (const name of [null, 'small', 'local', 'none', null]) expect(find(name)).toBe(computes.find('w', name));
  });

  it('belong to one workspace', () => {
    computes.create('w', 'small', { slots: 1, memoryMegabytes: 256 });
    expect(computes.list('w').map(({ name }) => name)).toEqual(['local', 'small']);
    expect(computes.list('other').map(({ name }) => name)).toEqual(['local']);
    expect(computes.find('other', 'small')).toBeUndefined();
    expect(computes.find('w', 'local')).not.toBe(computes.find('other', 'local'));
    expect(computes.working('other').map(({ name }) => name)).toEqual(['local']);
  });

  it.each(['Small', 'a_b', '-a', 'a-', '', 'a'.repeat(64), 'a/b', '../x'])('refuse the name "%s"', (name) => {
    expect(() => computes.create('w', name, { slots: 1, memoryMegabytes: 128 })).toThrow(/small letters/);
  });

  it('refuse a name that is taken, `local` too', () => {
    computes.create('w', 'small', { slots: 1, memoryMegabytes: 128 });
    for (const name of ['small', 'local']) expect(() => computes.create('w', name, { slots: 1, memoryMegabytes: 128 })).toThrow(/already/);
  });

  it('keep what a change leaves out, and tell the adapter', () => {
    computes.create('w', 'small', { description: 'For little jobs', slots: 1, threads: 2, memoryMegabytes: 128 });
    const { slots } = computes.find('w', 'small')!;
    const changed = computes.update('w', 'small', { slots: 3, memoryMegabytes: 1024 });
    expect(changed).toMatchObject({ description: 'For little jobs', slots: 3, threads: 2, memoryMegabytes: 1024 });
    expect(slots.total).toBe(3);
    expect(opened.at(-1)!.capabilities()).toMatchObject({ slots: 3, threads: 2, memoryBytes: 2 ** 30 });
    expect(() => computes.update('w', 'nowhere', { slots: 1, memoryMegabytes: 128 })).toThrow(/no compute "nowhere"/);
  });

  it('make the default, and give it back to `local` when it goes', () => {
    computes.create('w', 'big', { slots: 4, memoryMegabytes: 128 });
    computes.makeDefault('w', 'big');
    expect(computes.list('w').map(({ name, isDefault }) => [name, isDefault])).toEqual([
      ['local', false],
      ['big', true],
    ]);
    const big = computes.find('w', null)!;
    expect(big.name).toBe('big');
    computes.remove('w', 'big');
    expect(opened.find((each) => each === big.adapter)?.closed).toBe(true);
    expect(computes.find('w', null)?.name).toBe('local');
    expect(computes.working('w').map(({ name }) => name)).toEqual(['local']);
    expect(() => computes.makeDefault('w', 'big')).toThrow(/no compute "big"/);
  });
});

describe('slots', () => {
  it('that grow fewer still go to a step that wants more than there are', () => {
    const book = new SlotBook<Waiter>(4);
    const wide = waiter(1);
    book.want(wide, 4);
    book.total = 2;
    expect(book.next()).toBe(wide);
    expect(book.claim(wide, 4)).toBe(2);
    expect(book.used).toBe(2);
  });

  it('that grow more go to whoever waits', () => {
    const book = new SlotBook<Waiter>(1);
    const [first, second] = [waiter(1), waiter(2)];
    expect(book.claim(first, 1)).toBe(1);
    expect(book.claim(second, 1)).toBe(0);
    expect(book.next()).toBeUndefined();
    book.total = 2;
    expect(book.next()).toBe(second);
  });
});

describe('the history of the load', () => {
  it('tells slots, waiting steps, memory and the share of the processors, and forgets what is old or gone', () => {
    let now = 0;
    computes.create('w', 'small', { slots: 1, threads: 1, memoryMegabytes: 128 });
    const small = computes.find('w', 'small')!;
    const counts = new Map([[small, { waiting: 7, residentBytes: 1_000 }]]);
    const history = new LoadHistory({ computes, counts: () => counts, now: () => now });
    expect(history.of(small)).toEqual([]);
    const first = waiter(1);
    small.slots.claim(first, 1);
    opened[0]!.spent = 1_500;
    now = 2_000;
    history.take();
    expect(history.of(small)).toEqual([{ at: 2_000, used: 1, waiting: 7, cpuShare: 0.75, residentBytes: 1_000 }]);
    counts.clear();
    now = 4_000;
    history.take();
    // Not measured yet, so it stays as it was; gone when nothing runs.
    expect(history.of(small).at(-1)).toEqual({ at: 4_000, used: 1, waiting: 0, cpuShare: 0, residentBytes: 1_000 });
    small.slots.release(first, 1);
    now = 6_000;
    history.take();
    expect(history.of(small).at(-1)).toEqual({ at: 6_000, used: 0, waiting: 0, cpuShare: 0, residentBytes: 0 });
    for (let sample = 0; sample < 200; sample++) {
      now += 2_000;
      history.take();
    }
    expect(history.of(small)).toHaveLength(150);
    expect(history.of(small).at(-1)!.at - history.of(small)[0]!.at).toBe(298_000);
    computes.remove('w', 'small');
    history.take();
    expect(history.of(small)).toEqual([]);
  });
});
