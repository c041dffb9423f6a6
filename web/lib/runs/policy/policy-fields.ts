import { z } from 'zod';
import { runPolicy, type RunPolicy } from '#pipelines/policy.ts';
import { bytes, count } from '../../format.ts';

export type PolicyKey = keyof RunPolicy;
export type PolicyValue = RunPolicy[PolicyKey];

/** One field of how things are carried out, as people see it. */
export interface PolicyField {
  readonly key: PolicyKey;
  readonly title: string;
  readonly help: string;
  readonly kind: 'number' | 'seconds' | 'megabytes' | 'failure' | 'compute';
  /** What `null` means, for fields that have it. */
  readonly none?: string;
}

export const STEP_FIELDS: readonly PolicyField[] = [
  { key: 'retries', title: 'Retries', kind: 'number', help: 'Begun again so many times when it fails.' },
  { key: 'retryDelaySeconds', title: 'Retry delay', kind: 'seconds', help: 'Before the first retry; doubled for each further one.' },
  { key: 'crashRetries', title: 'Crash retries', kind: 'number', help: 'Begun again so many times when its process or the server ended under it.' },
  { key: 'timeLimitSeconds', title: 'Time limit', kind: 'seconds', none: 'none', help: 'The longest that one attempt may take.' },
  { key: 'onFailure', title: 'On failure', kind: 'failure', help: 'Go on with all that does not need it, or begin nothing more.' },
  {
    key: 'compute',
    title: 'Compute',
    kind: 'compute',
    none: 'workspace’s',
    help: 'Where it is carried out; where nothing is said, on the workspace’s default.',
  },
  { key: 'slots', title: 'Slots', kind: 'number', help: 'Slots of the compute that a step takes, each with its share of the threads.' },
  {
    key: 'memoryMegabytes',
    title: 'Memory',
    kind: 'megabytes',
    none: 'its share',
    help: 'Memory that a step may use; its share of the compute where nothing is said.',
  },
];
const PRIORITY: PolicyField = { key: 'priority', title: 'Priority', kind: 'number', help: 'Runs with a higher one go first; 0 is usual.' };
const RUN_LIMIT: PolicyField = {
  key: 'runTimeLimitSeconds',
  title: 'Run limit',
  kind: 'seconds',
  none: 'none',
  help: 'The longest that a run may take from its request on.',
};
export const RUN_FIELDS: readonly PolicyField[] = [PRIORITY, RUN_LIMIT, ...STEP_FIELDS];

export const FAILURE_WORDS = { continue: 'go on', stop: 'stop the run' } as const;

/** A value in words: `2`, `90 s`, `5 min`, `512 MB`, `none`. */
export function policyText(field: PolicyField, value: PolicyValue): string {
  if (value === undefined) return '';
  if (value === null) return field.none ?? '';
  if (value === 'continue' || value === 'stop') return FAILURE_WORDS[value];
  if (typeof value === 'string') return value;
  if (field.kind === 'seconds') return secondsText(value);
  if (field.kind === 'megabytes') return `${value} MB`;
  return String(value).replace('-', '−');
}

function secondsText(value: number): string {
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(value / 3_600), 'h'],
    [Math.floor((value % 3_600) / 60), 'min'],
    [Number((value % 60).toFixed(3)), 's'],
  ];
  const told = parts.filter(([amount]) => amount !== 0).map(([amount, unit]) => `${amount} ${unit}`);
  return told.length === 0 ? '0 s' : told.join(' ');
}

export type ReadPolicy = { readonly value: PolicyValue; readonly wrong: null } | { readonly wrong: string };

/** What was typed, as a value: empty = undefined, so that it is inherited; the word for none = null; else a number within its bounds, or words. */
export function readPolicy(field: PolicyField, text: string): ReadPolicy {
  const typed = text.trim().toLowerCase().replace('−', '-');
  if (typed === '') return { value: undefined, wrong: null };
  if (field.none !== undefined && (typed === 'none' || typed === field.none)) return { value: null, wrong: null };
  const number = field.kind === 'seconds' ? readSeconds(typed) : field.kind === 'megabytes' ? readMegabytes(typed) : Number(typed);
  if (number !== null && runPolicy.shape[field.key].safeParse(number).success) return { value: number, wrong: null };
  return { wrong: boundsWords(field) };
}

function readSeconds(typed: string): number | null {
  const match = /^(?:([\d.]+)\s*h[a-z]*)?\s*(?:([\d.]+)\s*m[a-z]*)?\s*(?:([\d.]+)\s*(?:s[a-z]*)?)?$/.exec(typed);
  if (!match) return null;
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => (part === undefined ? 0 : Number(part)));
  return hours * 3_600 + minutes * 60 + seconds;
}

function readMegabytes(typed: string): number | null {
  const match = /^([\d.]+)\s*(mb?|gb?|tb?)?$/.exec(typed);
  return match ? Math.round(Number(match[1]) * ({ g: 1_000, t: 1_000_000 }[match[2]?.charAt(0) ?? ''] ?? 1)) : null;
}

/** The bounds that the schema sets. */
export function boundsOf(key: PolicyKey): { readonly minimum: number; readonly maximum: number } {
  let schema: z.core.SomeType = runPolicy.shape[key];
  while (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) schema = schema.unwrap();
  return schema instanceof z.ZodNumber
    ? { minimum: schema.minValue ?? -Infinity, maximum: schema.maxValue ?? Infinity }
    : { minimum: -Infinity, maximum: Infinity };
}

function boundsWords(field: PolicyField): string {
  const { minimum, maximum } = boundsOf(field.key);
  const none = field.none === undefined ? '' : ', or none';
  if (field.kind === 'seconds')
    return `Type a time ${minimum === 0 && field.none === undefined ? 'from 0 s ' : ''}up to ${maximum >= 172_800 ? `${maximum / 86_400} days` : secondsText(maximum)}, such as 90 s, 5 min or 2 h${none}.`;
  if (field.kind === 'megabytes') return `Type ${minimum} MB to ${bytes(maximum * 1e6)}, such as 512 MB or 2 GB${none}.`;
  return `Type a whole number from ${String(minimum).replace('-', '−')} to ${count(maximum)}.`;
}
