import { describeCron, WEEKDAYS } from './describe-cron.ts';
import type { EventSource, Recurrence, Timing } from './timing.ts';

const listed = (parts: readonly string[]): string => (parts.length <= 1 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`);

const ordinal = (day: number): string => {
  if (day === -1) return 'the last day';
  const ending = day % 100 >= 11 && day % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');
  return `the ${day}${ending}`;
};

function describeRecurrence({ frequency, interval, times = [], weekdays = [], monthDays = [] }: Recurrence): string {
  const every = interval === 1 ? `Every ${frequency}` : `Every ${interval} ${frequency}s`;
  const workdays = weekdays.length === 5 && !weekdays.includes(0) && !weekdays.includes(6);
  // The week begins on Monday.
  const days = weekdays.toSorted((a, b) => ((a + 6) % 7) - ((b + 6) % 7)).map((day) => WEEKDAYS[day]!);
  const on =
    frequency === 'week' && days.length > 0
      ? ` on ${workdays ? 'Monday to Friday' : listed(days)}`
      : frequency === 'month' && monthDays.length > 0
        ? ` on ${listed(monthDays.toSorted((a, b) => (a === -1 ? 32 : a) - (b === -1 ? 32 : b)).map(ordinal))}`
        : '';
  const at = times.length > 0 && frequency !== 'minute' && frequency !== 'hour' ? ` at ${listed(times.toSorted())}` : '';
  return every + on + at;
}

function describeEvent(event: EventSource, pipelineName: (id: string) => string): string {
  switch (event.kind) {
    case 'dataset':
      return `When “${event.dataset}” has a new version`;
    case 'pipeline':
      return `When a run of “${pipelineName(event.pipelineId)}” succeeds`;
    case 'files':
      return `When ${event.path === '' ? 'a file' : `“${event.path}”`} in “${event.connection}” changes`;
    case 'alert':
      return event.subject === '' ? 'When an alert is raised' : `When an alert is raised for “${event.subject}”`;
  }
}

/** When a schedule is due, in words, such as `Every week on Monday and Friday at 06:00`. */
export function describeTiming(timing: Timing, pipelineName: (id: string) => string = (id) => id): string {
  if (timing.kind === 'cron') return describeCron(timing.cron);
  return timing.kind === 'recurrence' ? describeRecurrence(timing.recurrence) : describeEvent(timing.event, pipelineName);
}
