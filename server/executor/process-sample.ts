import { readFileSync } from 'node:fs';

/** What the system says of a process at a moment. */
export interface ProcessSample {
  /** Of its first thread: R runs, S sleeps, D waits for a device, T is stopped, Z has ended. */
  readonly state: string;
  /** Of all its threads since it began. */
  readonly cpuMilliseconds: number;
  readonly residentBytes: number;
  /** Clock ticks since boot when it began: a pid alone may by now belong to another. */
  readonly began: string;
}

/** Linux tells times to programs in hundredths of a second. */
const TICK_MILLISECONDS = 10;

/** Reads a process from /proc; null when it is gone or the system does not tell. About 20 microseconds. */
export function sampleProcess(pid: number): ProcessSample | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in parentheses, may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return {
      state: fields[0]!,
      cpuMilliseconds: (Number(fields[11]) + Number(fields[12])) * TICK_MILLISECONDS,
      residentBytes: Number(fields[21]) * 4_096,
      began: fields[19]!,
    };
  } catch {
    return null;
  }
}
