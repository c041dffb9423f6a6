import type { Deployment } from '../api-endpoint-types.ts';

/** Sets one share and lets the others keep their proportions, in whole percents that sum to 100. */
export function withShare(shares: Readonly<Record<string, number>>, name: string, wanted: number): Record<string, number> {
  const value = Math.max(0, Math.min(100, Math.round(wanted)));
  const others = Object.keys(shares).filter((each) => each !== name);
  if (others.length === 0) return { [name]: 100 };
  const total = others.reduce((sum, each) => sum + shares[each]!, 0);
  const exact = others.map((each) => (total === 0 ? (100 - value) / others.length : (shares[each]! * (100 - value)) / total));
  const whole = exact.map(Math.floor);
  const byRest = exact.map((share, index) => ({ index, rest: share - whole[index]! })).sort((a, b) => b.rest - a.rest);
  let missing = 100 - value - whole.reduce((sum, share) => sum + share, 0);
  for (const { index } of byRest) if (missing-- > 0) whole[index]!++;
  return { ...shares, [name]: value, ...Object.fromEntries(others.map((each, index) => [each, whole[index]!])) };
}

/** The shares that a person is choosing. */
export class TrafficSplit {
  shares = $state<Record<string, number>>({});

  constructor(deployments: readonly Pick<Deployment, 'name' | 'mode' | 'weight' | 'state'>[]) {
    this.shares = Object.fromEntries(
      deployments.filter(({ mode, state, weight }) => mode === 'live' && (weight > 0 || state !== 'stopped')).map(({ name, weight }) => [name, weight]),
    );
  }

  set(name: string, value: number): void {
    this.shares = withShare(this.shares, name, value);
  }
}
