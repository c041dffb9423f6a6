import { readFile, writeFile } from 'node:fs/promises';

/** Begins a new measurement of the process's greatest resident memory, where the system can (Linux). */
export async function resetPeakMemory(): Promise<void> {
  await writeFile('/proc/self/clear_refs', '5').catch(() => undefined);
}

/** The greatest resident memory since the last reset, in bytes. */
export async function peakMemory(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
  return peak === undefined ? process.resourceUsage().maxRSS * 1_024 : Number(peak) * 1_024;
}
