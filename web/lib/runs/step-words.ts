import { isFinal } from '#pipelines/events.ts';
import type { SlotWait, Step } from '../api-types.ts';
import { count, duration, plural } from '../format.ts';
import { statusFace } from '../ui/status.ts';

/** `1st`, `2nd`, `3rd`, `11th`. */
export function ordinal(place: number): string {
  const tens = place % 100;
  const ending = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th');
  return `${count(place)}${ending}`;
}

/** A length of time that is a guess or still grows: whole seconds from one second on. */
export const roughly = (milliseconds: number): string =>
  milliseconds < 950
    ? duration(Math.max(100, Math.round(milliseconds / 100) * 100)).replace(/0 s$/, ' s')
    : milliseconds < 99_500
      ? `${Math.round(milliseconds / 1_000)} s`
      : duration(Math.round(milliseconds / 1_000) * 1_000);

export const waitWords = ({ place, of, compute }: SlotWait): string => `${ordinal(place)} of ${count(of)} for ${compute}`;

/** The state of a step in words, with what makes it particular: its attempt, its place in a queue, or whose result it took. */
export function stateWords(step: Step, waiting: SlotWait | null = step.waiting): string {
  const { word } = statusFace(step.status);
  if (step.status === 'reused') return step.reusedFrom === null ? word : `${word} · run ${step.reusedFrom}`;
  if (step.status === 'queued') return waiting ? `${word} · ${waitWords(waiting)}` : step.attempt > 1 || step.error ? `${word} · ${triesWords(step)}` : word;
  return step.attempt > 1 ? `${word} · ${triesWords(step)}` : word;
}

/** `attempt 2 of 3`. */
export const triesWords = ({ attempt, attemptsAllowed }: Step): string =>
  attemptsAllowed >= attempt && attemptsAllowed > 1 ? `attempt ${attempt} of ${attemptsAllowed}` : `attempt ${attempt}`;

/** Milliseconds that a step has run or ran; null before it began. */
export function timeOf(step: Step, now: number): number | null {
  if (step.milliseconds !== null) return step.milliseconds;
  if (step.startedAt === null || step.status === 'queued') return null;
  const begin = Date.parse(step.startedAt);
  if (isFinal(step.status)) return step.finishedAt === null ? null : Math.max(0, Date.parse(step.finishedAt) - begin);
  return Math.max(0, now - begin);
}

/** `12 s of about 40 s` while it runs, `about 40 s` before, what it took after. */
export function timeWords(step: Step, now: number): string {
  const time = timeOf(step, now);
  if (isFinal(step.status)) return duration(time);
  const expected = step.expectedMilliseconds === null ? '' : `about ${roughly(step.expectedMilliseconds)}`;
  if (time === null) return expected || '–';
  return expected ? `${roughly(time)} of ${expected}` : roughly(time);
}

/** `7,043 → 5,282`; what the step gave where that is no table. */
export function rowsWords(step: Step): string {
  if (step.rowsOut !== null) return step.rowsIn === null ? count(step.rowsOut) : `${count(step.rowsIn)} → ${count(step.rowsOut)}`;
  const tables = step.outputs.filter((output) => output.kind === 'table' && output.rowCount !== null);
  const gave = tables.length > 0 ? tables.map((output) => count(output.rowCount)).join(' + ') : step.outputs.map((output) => output.kind).join(', ');
  if (step.rowsIn === null) return gave || '–';
  return `${count(step.rowsIn)} → ${gave || (isFinal(step.status) ? '–' : '…')}`;
}

/** Why the step ran, or what it waits for; a wait that is over is no reason any more. */
export const whyWords = ({ status, reason }: Pick<Step, 'status' | 'reason'>): string =>
  reason === null || (status !== 'queued' && /^(tries again|waits for a slot)/.test(reason)) ? '' : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;

/** What remains of a step's share that is known, from 0 to 1: what it told, else how its time compares with the last one, never quite done. */
export function shareDone(step: Step, told: number | undefined, now: number): number | null {
  if (told !== undefined && told > 0) return told;
  const time = timeOf(step, now);
  return time === null || !step.expectedMilliseconds ? null : Math.min(0.99, time / step.expectedMilliseconds);
}

/** `3 of 12 steps run, about 4 s`: what a run would do, from its plan. */
export function forecastWords(steps: readonly { readonly will: 'run' | 'reuse'; readonly lastMilliseconds: number | null }[]): string {
  if (steps.length === 0) return '';
  const running = steps.filter((step) => step.will === 'run');
  if (running.length === 0) return steps.length === 1 ? 'The step is reused' : `All ${plural(steps.length, 'step')} reused`;
  const known = running.filter((step) => step.lastMilliseconds !== null);
  const sum = known.reduce((total, step) => total + step.lastMilliseconds!, 0);
  const time = known.length === 0 ? '' : known.length < running.length ? `, over ${roughly(sum)}` : `, about ${roughly(sum)}`;
  return `${running.length} of ${plural(steps.length, 'step')} ${running.length === 1 ? 'runs' : 'run'}${time}`;
}
