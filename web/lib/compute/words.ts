import type { Compute } from '../api-types.ts';
import { fixed, plural } from '../format.ts';

/** What holds a step to its memory: in a few words, and what that means. */
export const CONFINEMENTS: Readonly<Record<Compute['confinement'], { readonly by: string; readonly means: string }>> = {
  'cgroup-v2': {
    by: 'by the kernel (cgroup v2)',
    means: 'A step that goes over its memory is ended by the kernel, with all that it has started. Nothing else notices.',
  },
  'cgroup-v1': {
    by: 'by the kernel (cgroup v1)',
    means: 'A step that goes over its memory is ended by the kernel, with all that it has started. Nothing else notices.',
  },
  'data-limit': {
    by: 'by a limit on what a process may ask for',
    means: 'A step that asks for more than its memory gets none and fails. What it has started counts for itself.',
  },
  none: {
    by: 'by a watcher',
    means: 'The server looks at what each step uses, several times a second, and ends one that uses too much. A very fast one may be seen too late.',
  },
};

const MEGABYTE = 2 ** 20;

/** Memory as computes count it, in units of 2^20 and 2^30 bytes: `512 MB`, `1.5 GB`. */
export function memory(bytes: number): string {
  const amount = Math.round(bytes / MEGABYTE);
  return amount < 1024 ? `${amount} MB` : `${fixed(amount / 1024, amount % 1024 === 0 ? 0 : 1)} GB`;
}

/** What the slots of a compute can take of the machine when all are in use. */
export function demand(
  { slots, threads, memoryMegabytes }: Pick<Compute, 'slots' | 'threads' | 'memoryMegabytes'>,
  { cores, memoryBytes }: Compute['machine'],
): { readonly text: string; readonly tight: boolean }[] {
  const step = memoryMegabytes * MEGABYTE;
  return [
    {
      text: `${plural(slots, 'slot')} × ${plural(threads, 'thread')} = ${plural(slots * threads, 'thread')} on ${plural(cores, 'processor')}`,
      tight: slots * threads > cores,
    },
    { text: `${plural(slots, 'slot')} × ${memory(step)} = ${memory(slots * step)} of ${memory(memoryBytes)}`, tight: slots * step > memoryBytes },
  ];
}
