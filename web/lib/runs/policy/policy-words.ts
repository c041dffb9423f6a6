import { DEFAULT_POLICY, type RunPolicy } from '#pipelines/policy.ts';
import { plural } from '../../format.ts';
import { policyText, RUN_FIELDS, type PolicyKey } from './policy-fields.ts';

const TEXTS: Readonly<Partial<Record<PolicyKey, (value: string, number: number) => string>>> = {
  retries: (_value, number) => plural(number, 'retry', 'retries'),
  retryDelaySeconds: (value) => `${value} before a retry`,
  crashRetries: (_value, number) => plural(number, 'retry after a crash', 'retries after a crash'),
  timeLimitSeconds: (value) => (value === 'none' ? 'no time limit' : `at most ${value} a step`),
  runTimeLimitSeconds: (value) => (value === 'none' ? 'no time limit for the run' : `at most ${value} in all`),
  onFailure: (value) => `on failure ${value}`,
  compute: (value) => (value === 'workspace’s' ? 'on the default compute' : `on ${value}`),
  slots: (_value, number) => plural(number, 'slot'),
  memoryMegabytes: (value) => `memory ${value}`,
  priority: (value) => `priority ${value}`,
};

/** What a policy says, field by field, in a line; `but` leaves out what is as there. Empty when it says nothing else. */
export function policyWords(policy: RunPolicy, but: RunPolicy = DEFAULT_POLICY): string {
  return RUN_FIELDS.filter(({ key }) => policy[key] !== undefined && policy[key] !== but[key])
    .map((field) => TEXTS[field.key]?.(policyText(field, policy[field.key]), Number(policy[field.key])) ?? '')
    .filter(Boolean)
    .join(' · ');
}
