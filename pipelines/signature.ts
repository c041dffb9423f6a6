import type { AnyNode, Ports } from '#nodes/kit/define.ts';
import { deepEqual } from './equal.ts';
import { paramTitle } from './node-params.ts';

/** All that decides a step's result. */
export interface StepParts {
  readonly type: string;
  readonly version: number;
  /** Parsed, with defaults. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Input port → content hash of the artifact that enters. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Asset such as `dataset:telco-churn` → content hash of the version that was pinned. */
  readonly assets: Readonly<Record<string, string>>;
}

/** JSON with sorted keys and without spaces; fields that are undefined are left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonicalJson(each === undefined ? null : each)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const record = value as Record<string, unknown>;
    const keys = Object.keys(record)
      .filter((key) => record[key] !== undefined)
      .sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(record[key])}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** The text whose hash is the step's key: equal text means equal result. */
export function canonicalStep({ type, version, params, inputs, assets }: StepParts): string {
  return canonicalJson({ type, version, params, inputs, assets });
}

export interface WhyOptions {
  readonly deterministic: boolean;
  readonly force: boolean;
  /** For the titles of parameters and ports in the text. */
  readonly definition?: AnyNode;
}

/** Why a step runs again, for people, or null when the earlier result is reused. `previous` = the parts of its last good result. */
export function whyRun(previous: StepParts | null, current: StepParts, { deterministic, force, definition }: WhyOptions): string | null {
  if (previous === null) return force ? 'forced' : 'never ran';
  const changes = differences(previous, current, definition);
  if (changes.length > 0) return changes.length <= 2 ? changes.join('; ') : `${changes[0]}; ${changes[1]}; and ${changes.length - 2} more`;
  if (force) return 'forced';
  return deterministic ? null : 'not deterministic';
}

function differences(previous: StepParts, current: StepParts, definition: AnyNode | undefined): string[] {
  if (previous.type !== current.type) return ['node type changed'];
  if (previous.version !== current.version) return ['node type updated'];
  const params = changedKeys(previous.params, current.params).map((name) => {
    const title = definition ? paramTitle(definition, name) : name;
    const [before, after] = [shortText(previous.params[name]), shortText(current.params[name])];
    return before !== null && after !== null ? `${title} changed from ${before} to ${after}` : `${title} changed`;
  });
  const inputs = changedKeys(previous.inputs, current.inputs).map((port) => {
    const title = (definition?.inputs as Ports | undefined)?.[port]?.title ?? port;
    if (previous.inputs[port] === undefined) return `input connected: ${title}`;
    return current.inputs[port] === undefined ? `input disconnected: ${title}` : `input changed: ${title}`;
  });
  const assets = changedKeys(previous.assets, current.assets).map((name) => `new version of ${name.replace(/^[a-z]+:/, '')}`);
  return [...params, ...inputs, ...assets];
}

function changedKeys(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().filter((key) => !deepEqual(before[key], after[key]));
}

/** A value that fits into a sentence, else null. */
function shortText(value: unknown): string | null {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.length > 0 && value.length <= 40 && !value.includes('\n') ? value : null;
}
