import { createHash } from 'node:crypto';

/** A deployment among which traffic is split. */
export interface Share {
  /** Of all traffic, 0 to 100. */
  readonly weight: number;
}

/** The header or cookie by which a caller's requests stay with one deployment. */
export const SESSION_KEY = 'x-modelwright-session';
/** The header that names a deployment, and the one of Azure ML. */
export const DEPLOYMENT_HEADERS = ['x-modelwright-deployment', 'azureml-model-deployment'] as const;

/**
 * Where a key lies in [0, 1): the first 48 bits of its sha256. The same key lies at the same place for ever, also after a restart. The endpoint's
 * id goes in, so that one caller is not among the first of every endpoint.
 */
export function placeOf(endpointId: string, key: string): number {
  return createHash('sha256').update(endpointId).update('\0').update(key).digest().readUIntBE(0, 6) / 2 ** 48;
}

/**
 * The one whose part of the line from 0 to the sum of all weights holds the place (0 ≤ place < 1); undefined when no weight is above 0. In a fixed order
 * of the deployments a changed split moves only as many keys as it must.
 */
export function pick<T extends Share>(shares: readonly T[], place: number): T | undefined {
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  let left = place * total;
  let last: T | undefined;
  for (const share of shares) {
    if (share.weight <= 0) continue;
    last = share;
    left -= share.weight;
    if (left < 0) return share;
  }
  return last;
}

/** Makes room for a new one's weight: the others keep their proportions and sum to what is left, in whole numbers. */
export function scaledTo(weights: readonly number[], left: number): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return weights.map(() => 0);
  const exact = weights.map((weight) => (weight * left) / total);
  const whole = exact.map(Math.floor);
  const missing = left - whole.reduce((sum, weight) => sum + weight, 0);
  const byRest = exact.map((value, index) => ({ index, rest: value - whole[index]! })).sort((a, b) => b.rest - a.rest || a.index - b.index);
  for (const { index } of byRest.slice(0, missing)) whole[index]!++;
  return whole;
}
