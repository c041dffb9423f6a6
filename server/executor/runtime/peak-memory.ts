import { readFileSync, writeFileSync } from 'node:fs';

/** Begins a new measurement of the process's greatest resident memory, where the system can (Linux). */
export function resetPeakMemory(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // `peakMemory` then tells the peak since the process began.
  }
}

/** The greatest resident memory since the last reset, in bytes. */
export function peakMemory(): number {
  try {
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    if (peak !== undefined) return Number(peak) * 1_024;
  } catch {
    // as where the system has no such file
  }
  return process.resourceUsage().maxRSS * 1_024;
}
