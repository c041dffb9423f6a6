import type { Run, RunSummary } from '../api-types.ts';
import { duration, learnerName } from '../format.ts';
import { statusFace } from '../ui/status.ts';
import { ordinal } from './step-words.ts';

/** Who or what began a run. */
export function startedBy({ kind, name }: RunSummary['startedBy']): string {
  if (kind === 'person') return name || 'You';
  const words = { token: 'Token', schedule: 'Schedule', trigger: 'Trigger', command: 'Command line' }[kind];
  return name && kind !== 'command' ? `${words} ${name}` : words;
}

/** The best thing to say of a run in one line: its figure, or why it failed. */
export const resultOf = (run: RunSummary): string => run.error?.message ?? run.headline ?? '–';

/** `Run 12 failed after 4.20 s. Train Model: no label column.` */
export function endWords(run: Pick<Run, 'number' | 'status' | 'milliseconds' | 'headline' | 'error' | 'steps'>): string {
  const wrong = run.steps.find((step) => step.status === 'failed' || step.status === 'crashed');
  const why = wrong?.error ? `${wrong.name || learnerName(wrong.type)}: ${wrong.error.message}` : (run.error?.message ?? run.headline ?? '');
  const verb = run.status === 'cancelled' ? 'was cancelled' : statusFace(run.status).word.toLowerCase();
  return `Run ${run.number} ${verb} after ${duration(run.milliseconds)}. ${why}`.trim();
}

/** The state of a run in words: `Queued · 3rd`, else the state alone. */
export const runStateWords = ({ status, place }: Pick<RunSummary, 'status' | 'place'>): string =>
  status === 'queued' && place != null ? `Queued · ${ordinal(place)}` : statusFace(status).word;

/** `+2`, `−1`: how a run stands against others. */
export const priorityWords = (priority: number): string => (priority > 0 ? `+${priority}` : `−${-priority}`);
