import fc from 'fast-check';
import '#test/support/fixed-seed.ts';
import { describe, expect, it } from 'vitest';
import { decide, LATE, type CatchUpPolicy, type Due } from './settle.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 2, 2, 12);
const at = (hours: number): Due => ({ key: String(NOW - hours * HOUR), slot: NOW - hours * HOUR, at: NOW - hours * HOUR, event: null });
const policy = (change: Partial<CatchUpPolicy>): CatchUpPolicy => ({ catchUp: 'once', catchUpSeconds: 6 * 3_600, catchUpMost: 10, ...change });
const outcomes = (due: readonly Due[], change: Partial<CatchUpPolicy>) => decide(due, NOW, policy(change)).map(({ will }) => will);

describe('three slots that were missed', () => {
  const missed = [at(3), at(2), at(1)];
  it.each([
    ['skip', {}, ['missed', 'missed', 'missed']],
    ['once', {}, ['missed', 'missed', 'now']],
    ['once', { catchUpSeconds: 60 }, ['missed', 'missed', 'missed']],
    ['all', {}, ['after', 'after', 'after']],
    ['all', { catchUpMost: 2 }, ['missed', 'after', 'after']],
    ['all', { catchUpSeconds: 9_000 }, ['missed', 'after', 'after']],
  ] as const)('are dealt with as %s %j says', (catchUp, change, wanted) => expect(outcomes(missed, { ...change, catchUp })).toEqual(wanted));

  it('do not take the place of one that is on time', () => {
    expect(outcomes([...missed, at(0)], { catchUp: 'skip' })).toEqual(['missed', 'missed', 'missed', 'now']);
    expect(outcomes([...missed, at(0)], { catchUp: 'once' })).toEqual(['missed', 'missed', 'missed', 'now']);
    expect(outcomes([...missed, at(0)], { catchUp: 'all' })).toEqual(['after', 'after', 'after', 'after']);
  });
});

describe('whatever is due', () => {
  const anyDue = fc
    .uniqueArray(fc.integer({ min: 0, max: 100 * HOUR }), { maxLength: 40 })
    .map((ages) => ages.toSorted((a, b) => b - a).map((age) => at(age / HOUR)));
  const anyPolicy = fc.record({
    catchUp: fc.constantFrom('skip', 'once', 'all'),
    catchUpSeconds: fc.integer({ min: 0, max: 400_000 }),
    catchUpMost: fc.integer({ min: 1, max: 20 }),
  }) as fc.Arbitrary<CatchUpPolicy>;

  it('is decided on once each, in order, what is missed before what is made up for', () => {
    fc.assert(
      fc.property(anyDue, anyPolicy, (due, each) => {
        const decisions = decide(due, NOW, each);
        expect(decisions.map((one) => one.due)).toEqual(due);
        const made = decisions.filter(({ will }) => will !== 'missed');
        const first = decisions.findIndex(({ will }) => will !== 'missed');
        if (first >= 0) expect(decisions.slice(first).every(({ will }) => will !== 'missed')).toBe(true);
        for (const { due: one } of made) expect(NOW - one.at <= LATE || NOW - one.at <= each.catchUpSeconds * 1_000).toBe(true);
        if (each.catchUp === 'once') expect(made.length).toBeLessThanOrEqual(1);
        if (each.catchUp === 'skip') expect(made.every(({ due: one }) => NOW - one.at <= LATE)).toBe(true);
        if (each.catchUp === 'all') expect(made.filter(({ due: one }) => NOW - one.at > LATE).length).toBeLessThanOrEqual(each.catchUpMost);
      }),
    );
  });
});
