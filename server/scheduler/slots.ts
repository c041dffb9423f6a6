import { createHash } from 'node:crypto';
import type { Timing } from './timing.ts';
import { calendarTimes, cronTimes, TimingError, type WallTimes } from './wall-times.ts';
import { isZone, Zone } from './zone.ts';

/** The instants at which something is due. Nothing here waits. */
export interface Slots {
  /** The first slot after `after`, in milliseconds since 1970; null when none comes. */
  next(after: number): number | null;
}

/** So many changes of offset without a slot are looked through: forty years of two a year and of all the days between them. */
const MOST_SEGMENTS = 20_000;

/** Wall times of a zone as instants: what happens where clocks change stands at `WallTimes.fixed`. */
function inZone(times: WallTimes, zone: Zone): Slots {
  return {
    next(after) {
      let { offset, until } = zone.segment(after);
      /** Wall times of this segment count from here on. */
      let from = Math.max(after + offset, times.fixed ? repeatedUntil(zone, after, offset) - 1 : -Infinity);
      for (let index = 0; index < MOST_SEGMENTS; index++) {
        const wall = times.next(from);
        if (wall === null) return null;
        const at = wall - offset;
        // The next day may have the same offset: then nothing has to be looked at twice.
        if (at < until) return at;
        const before = offset;
        const begin = at - until < 86_400_000 ? until : lastBegin(zone, at, until, before);
        const segment = zone.segment(begin);
        offset = segment.offset;
        until = segment.until;
        const [wallBefore, wallNow] = [begin + before, begin + offset];
        if (times.fixed && wallNow > wallBefore && wall >= wallBefore && wall < wallNow) return begin;
        from = (times.fixed ? Math.max(wallBefore, wallNow) : wallNow) - 1;
      }
      return null;
    },
  };
}

/** Longer than clocks are ever turned back, but for a country that changes the date. */
const LONGEST_OVERLAP = 3 * 3_600_000;

/** The wall time up to which clocks have shown everything already, because they were turned back a short time before. */
function repeatedUntil(zone: Zone, at: number, offset: number): number {
  let segment = zone.segment(at - LONGEST_OVERLAP);
  const before = segment.offset;
  if (before <= offset) return -Infinity;
  while (zone.segment(segment.until).offset === before) segment = zone.segment(segment.until);
  return segment.until + before;
}

/** Where the segment begins at which the walk goes on: the first one with another offset, or that of `at`. */
function lastBegin(zone: Zone, at: number, from: number, offset: number): number {
  let begin = from;
  while (begin <= at) {
    const segment = zone.segment(begin);
    if (segment.offset !== offset || at < segment.until) return begin;
    begin = segment.until;
  }
  return begin;
}

/** Every so many milliseconds of real time. */
const elapsed = (step: number, anchor: number): Slots => ({
  next: (after) => (after < anchor ? anchor : anchor + (Math.floor((after - anchor) / step) + 1) * step),
});

const STEPS = { minute: 60_000, hour: 3_600_000 } as const;

function unbounded(timing: Exclude<Timing, { kind: 'event' }>, timeZone: string): Slots {
  if (!isZone(timeZone)) throw new TimingError(`"${timeZone}" is no time zone. Use a name such as Europe/Berlin or UTC.`);
  const zone = new Zone(timeZone);
  if (timing.kind === 'cron') return inZone(cronTimes(timing.cron), zone);
  const { recurrence, anchor } = timing;
  if (recurrence.frequency === 'minute' || recurrence.frequency === 'hour') return elapsed(recurrence.interval * STEPS[recurrence.frequency], anchor);
  const slots = inZone(calendarTimes(recurrence, anchor + zone.segment(anchor).offset), zone);
  if (slots.next(anchor - 1) === null) throw new TimingError('The recurrence names a date that never comes.');
  return slots;
}

export interface Bounds {
  /** Slots before it do not count. */
  readonly startAt?: number | null;
  /** Slots after it do not count. */
  readonly endAt?: number | null;
}

/** The slots of a schedule that goes by time. @throws TimingError with a text for people */
export function slotsOf(timing: Exclude<Timing, { kind: 'event' }>, timeZone: string, { startAt = null, endAt = null }: Bounds = {}): Slots {
  const slots = unbounded(timing, timeZone);
  return {
    next(after) {
      const at = slots.next(startAt === null ? after : Math.max(after, startAt - 1));
      return at === null || (endAt !== null && at > endAt) ? null : at;
    },
  };
}

/** The next `count` slots after `after`. */
export function manySlots(slots: Slots, after: number, count: number): number[] {
  const found: number[] = [];
  for (let at = slots.next(after); at !== null && found.length < count; at = slots.next(at)) found.push(at);
  return found;
}

/** How long after its slot a run starts, in milliseconds: the same for the same schedule and slot, and evenly spread up to `seconds`. */
export function jitterOf(scheduleId: string, slot: number, seconds: number): number {
  if (seconds === 0) return 0;
  const digest = createHash('sha256').update(`${scheduleId}:${slot}`).digest();
  return digest.readUInt32BE(0) % (seconds * 1_000 + 1);
}
