/** The usual rhythms, for those who do not read cron. */
export const PRESETS = [
  { value: '0 * * * *', label: 'Every hour' },
  { value: '0 6 * * *', label: 'Every day at 06:00' },
  { value: '0 6 * * 1-5', label: 'On weekdays at 06:00' },
  { value: '0 6 * * 1', label: 'Every Monday at 06:00' },
  { value: '0 6 1 * *', label: 'On the first of each month at 06:00' },
] as const;
export const FREE = 'free';

/** The preset of an expression, or that it is free text. */
export const presetOf = (cron: string): string => PRESETS.find((preset) => preset.value === cron.trim())?.value ?? FREE;

/** Every time zone that the browser knows, the own one first. */
export function timeZones(): string[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const all = Intl.supportedValuesOf('timeZone');
  return [...new Set([own, 'UTC', ...all])];
}

/** A firing as the person reads it in the schedule's own zone: `Sat 21 Nov, 06:00 (+01:00)`. */
export function firing(iso: string, timeZone: string): string {
  const at = new Date(iso);
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'longOffset',
  }).formatToParts(at);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return `${part('weekday')} ${part('day')} ${part('month')}, ${part('hour')}:${part('minute')} (${offset})`;
}
