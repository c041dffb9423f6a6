import type { RunSummary } from '../api-types.ts';

/** Who or what began a run. */
export function startedBy({ kind, name }: RunSummary['startedBy']): string {
  if (kind === 'person') return name || 'You';
  const words = { token: 'Token', schedule: 'Schedule', trigger: 'Trigger', command: 'Command line' }[kind];
  return name && kind !== 'command' ? `${words} ${name}` : words;
}

/** The best thing to say of a run in one line: its figure, or why it failed. */
export const resultOf = (run: RunSummary): string => run.error?.message ?? run.headline ?? '–';
