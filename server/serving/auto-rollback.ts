import type { AutoRollbackSettings } from './endpoint-settings.ts';

/** What a deployment did within the window. */
export interface RecentRequests {
  readonly requests: number;
  /** Failed on the server's side; what callers did wrong is not the model's fault. */
  readonly errors: number;
  /** Milliseconds; null without answers. */
  readonly p95: number | null;
}

/** Why the endpoint should go back to its last good deployment, in words; null when it should not. */
export function reasonToRollBack(settings: AutoRollbackSettings, recent: RecentRequests): string | null {
  if (!settings.enabled || recent.requests < settings.minimumRequests) return null;
  const within = `within ${settings.windowSeconds} s`;
  const rate = recent.errors / recent.requests;
  if (rate > settings.errorRate) {
    return `${recent.errors} of ${recent.requests} requests failed ${within}: ${percent(rate)}, more than the allowed ${percent(settings.errorRate)}.`;
  }
  if (settings.p95Milliseconds !== null && recent.p95 !== null && recent.p95 > settings.p95Milliseconds) {
    return `The 95th percentile of ${recent.requests} requests ${within} was ${recent.p95.toFixed(1)} ms, more than the allowed ${settings.p95Milliseconds} ms.`;
  }
  return null;
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
