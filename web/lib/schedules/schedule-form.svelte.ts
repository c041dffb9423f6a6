import type { EventSource, Recurrence, Schedule, SchedulePolicies, ScheduleRequest, When } from '../api-types.ts';
import { ParameterForm } from './parameter-form.svelte.ts';

export type Kind = 'recurrence' | 'cron' | 'event';
export const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
export const POLICIES: SchedulePolicies = {
  startAt: null,
  endAt: null,
  endAfter: null,
  overlap: 'skip',
  catchUp: 'once',
  catchUpSeconds: 21_600,
  catchUpMost: 10,
  jitterSeconds: 0,
  pauseAfter: 3,
};

const whole = (text: string, least: number): number | null => (/^\d{1,7}$/.test(text.trim()) && Number(text) >= least ? Number(text) : null);
const listed = (text: string): string[] =>
  text
    .split(/[\s,;]+/)
    .map((each) => each.trim())
    .filter(Boolean);

/** What the dialog of a schedule holds, and the request that it makes of that. */
export class ScheduleForm {
  name = $state('');
  pipelineId = $state('');
  kind = $state<Kind>('recurrence');
  cron = $state('0 6 * * *');
  frequency = $state<Recurrence['frequency']>('day');
  interval = $state('1');
  times = $state('06:00');
  weekdays = $state<number[]>([1]);
  monthDays = $state('1');
  eventKind = $state<EventSource['kind']>('dataset');
  dataset = $state('');
  sourcePipeline = $state('');
  connection = $state('');
  path = $state('');
  everyMinutes = $state('5');
  alertSubject = $state('');
  timeZone = $state('UTC');
  /** As `datetime-local` gives it; empty = none. */
  startAt = $state('');
  endAt = $state('');
  endAfter = $state('');
  overlap = $state<SchedulePolicies['overlap']>('skip');
  catchUp = $state<SchedulePolicies['catchUp']>('once');
  catchUpHours = $state('6');
  catchUpMost = $state('10');
  jitterMinutes = $state('0');
  pauseAfter = $state('3');
  readonly parameters = new ParameterForm();

  /** Takes a schedule to change, or begins a new one. */
  begin(schedule: Schedule | null, pipelineId: string, timeZone: string): void {
    const policies = schedule ?? POLICIES;
    this.name = schedule?.name ?? '';
    this.pipelineId = schedule?.pipelineId ?? pipelineId;
    this.timeZone = schedule?.timeZone ?? timeZone;
    this.kind = schedule?.cron != null ? 'cron' : schedule?.event ? 'event' : 'recurrence';
    this.cron = schedule?.cron ?? '0 6 * * *';
    const { frequency = 'day', interval = 1, times = ['06:00'], weekdays = [1], monthDays = [1] } = schedule?.recurrence ?? {};
    this.frequency = frequency;
    this.interval = String(interval);
    this.times = times.join(', ');
    this.weekdays = [...weekdays];
    this.monthDays = monthDays.map((day) => (day === -1 ? 'last' : String(day))).join(', ');
    this.#beginEvent(schedule?.event ?? null);
    this.startAt = local(policies.startAt);
    this.endAt = local(policies.endAt);
    this.endAfter = policies.endAfter === null ? '' : String(policies.endAfter);
    this.overlap = policies.overlap;
    this.catchUp = policies.catchUp;
    this.catchUpHours = String(policies.catchUpSeconds / 3_600);
    this.catchUpMost = String(policies.catchUpMost);
    this.jitterMinutes = String(policies.jitterSeconds / 60);
    this.pauseAfter = String(policies.pauseAfter);
    this.parameters.begin(schedule?.parameters ?? {});
  }

  #beginEvent(event: EventSource | null): void {
    this.eventKind = event?.kind ?? 'dataset';
    this.dataset = event?.kind === 'dataset' ? event.dataset : '';
    this.sourcePipeline = event?.kind === 'pipeline' ? event.pipelineId : '';
    this.connection = event?.kind === 'files' ? event.connection : '';
    this.path = event?.kind === 'files' ? event.path : '';
    this.everyMinutes = event?.kind === 'files' ? String(event.everySeconds / 60) : '5';
    this.alertSubject = event?.kind === 'alert' ? event.subject : '';
  }

  /** When it is due; null while something is missing. */
  readonly when = $derived.by((): When | null => {
    if (this.kind === 'cron') return this.cron.trim() === '' ? null : { cron: this.cron.trim() };
    if (this.kind === 'event') {
      const event = this.#event();
      return event && { event };
    }
    const interval = whole(this.interval, 1);
    if (interval === null) return null;
    const times = listed(this.times).map((time) => time.padStart(5, '0'));
    const timed = this.frequency === 'minute' || this.frequency === 'hour' ? {} : { times };
    if (timed.times?.length === 0) return null;
    const monthDays = listed(this.monthDays).map((day) => (day === 'last' ? -1 : Number(day)));
    if (this.frequency === 'month' && (monthDays.length === 0 || monthDays.some((day) => !Number.isInteger(day)))) return null;
    if (this.frequency === 'week' && this.weekdays.length === 0) return null;
    const days = this.frequency === 'week' ? { weekdays: this.weekdays.toSorted() } : this.frequency === 'month' ? { monthDays } : {};
    return { recurrence: { frequency: this.frequency, interval, ...timed, ...days } };
  });

  #event(): EventSource | null {
    if (this.eventKind === 'dataset') return this.dataset === '' ? null : { kind: 'dataset', dataset: this.dataset };
    if (this.eventKind === 'pipeline') return this.sourcePipeline === '' ? null : { kind: 'pipeline', pipelineId: this.sourcePipeline };
    if (this.eventKind === 'alert') return { kind: 'alert', subject: this.alertSubject.trim() };
    const minutes = Number(this.everyMinutes);
    if (this.connection === '' || !(minutes > 0)) return null;
    return { kind: 'files', connection: this.connection, path: this.path.trim(), everySeconds: Math.max(10, Math.round(minutes * 60)) };
  }

  readonly bounds = $derived({ startAt: instant(this.startAt), endAt: instant(this.endAt) });

  readonly ready = $derived(this.name.trim() !== '' && this.pipelineId !== '' && this.when !== null);

  /** @throws Error with words for people, for a parameter that cannot be read */
  request(): ScheduleRequest {
    return {
      name: this.name.trim(),
      ...this.when,
      timeZone: this.timeZone,
      parameters: this.parameters.values(),
      ...this.bounds,
      endAfter: whole(this.endAfter, 1),
      overlap: this.overlap,
      catchUp: this.catchUp,
      catchUpSeconds: Math.round((Number(this.catchUpHours) || 0) * 3_600),
      catchUpMost: whole(this.catchUpMost, 1) ?? 1,
      jitterSeconds: Math.round((Number(this.jitterMinutes) || 0) * 60),
      pauseAfter: whole(this.pauseAfter, 0) ?? 0,
    };
  }

  /** An event that comes while a run goes on is worth a run of its own. */
  setKind(kind: Kind): void {
    this.kind = kind;
    this.overlap = kind === 'event' ? 'queue' : 'skip';
  }

  toggleWeekday(day: number): void {
    this.weekdays = this.weekdays.includes(day) ? this.weekdays.filter((each) => each !== day) : [...this.weekdays, day];
  }
}

const instant = (text: string): string | null => (text === '' ? null : new Date(text).toISOString());

function local(iso: string | null): string {
  if (iso === null) return '';
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
