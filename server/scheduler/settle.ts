/** Something that a schedule has to deal with: a time, or an event. */
export interface Due {
  /** Makes it one of its kind within the schedule. */
  readonly key: string;
  /** The time that it stands for, in milliseconds since 1970. */
  readonly slot: number;
  /** When its run is to start: later than the slot by the jitter. */
  readonly at: number;
  readonly event: Readonly<Record<string, unknown>> | null;
}

export interface CatchUpPolicy {
  /** Of what was missed: nothing, the newest alone, or all. */
  readonly catchUp: 'skip' | 'once' | 'all';
  /** What is older is not made up for. */
  readonly catchUpSeconds: number;
  /** Of `all` the newest so many. */
  readonly catchUpMost: number;
}

/** What is this late was missed: the server was down, or the machine slept. */
export const LATE = 60_000;

export interface Decision {
  readonly due: Due;
  /** `now` starts as the overlap policy says, `after` once all before it has ended, `missed` never. */
  readonly will: 'now' | 'after' | 'missed';
}

/** Decides what becomes of what is due, oldest first. Each is decided on once. */
export function decide(due: readonly Due[], now: number, { catchUp, catchUpSeconds, catchUpMost }: CatchUpPolicy): Decision[] {
  const isLate = ({ at }: Due): boolean => now - at > LATE;
  const makeUp = due.filter((each) => isLate(each) && now - each.at <= catchUpSeconds * 1_000);
  if (catchUp === 'once') {
    const newest = due.at(-1);
    return due.map((each) => ({ due: each, will: each === newest && (!isLate(each) || makeUp.includes(each)) ? 'now' : 'missed' }));
  }
  const chosen = new Set(catchUp === 'all' ? makeUp.slice(-catchUpMost) : []);
  return due.map((each) => ({ due: each, will: !isLate(each) ? (chosen.size > 0 ? 'after' : 'now') : chosen.has(each) ? 'after' : 'missed' }));
}
