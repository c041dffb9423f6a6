import { z } from '@hono/zod-openapi';

const share = z.number().min(0).max(1);

/** How the processes of one deployment work. */
export const deploymentSettings = z.strictObject({
  /** Processes that each hold the model. */
  workers: z.int().min(1).max(16),
  /** Requests that may wait in each; more are refused with 503. */
  queueLimit: z.int().min(1).max(10_000),
  /** A request that takes longer is answered 504. */
  timeLimitMilliseconds: z.int().min(50).max(600_000),
  /** Without requests for so long, its processes end; the next request starts them again. 0: never. */
  idleMinutes: z.number().min(0).max(10_080),
});
export type DeploymentSettings = z.infer<typeof deploymentSettings>;

export const DEPLOYMENT_DEFAULTS: DeploymentSettings = { workers: 1, queueLimit: 256, timeLimitMilliseconds: 10_000, idleMinutes: 0 };

/** When an endpoint goes back to its last good deployment by itself. */
export const autoRollbackSettings = z.strictObject({
  enabled: z.boolean(),
  /** The most of the requests that may fail on the server's side. */
  errorRate: share,
  /** The most that the 95th percentile of latency may be; null: not looked at. */
  p95Milliseconds: z.number().positive().max(600_000).nullable(),
  windowSeconds: z.int().min(5).max(3_600),
  /** With fewer requests in the window nothing is decided. */
  minimumRequests: z.int().min(1).max(1_000_000),
});
export type AutoRollbackSettings = z.infer<typeof autoRollbackSettings>;

export const requestLogSettings = z.strictObject({
  /** The share of requests that is kept; 0: none. */
  sampleRate: share,
  retentionDays: z.int().min(1).max(365),
  /** The oldest beyond so many rows go. */
  maximumRows: z.int().min(1).max(1_000_000),
  /** Columns whose values are not written. */
  masked: z.array(z.string().min(1).max(1_000)).max(1_000),
});
export type RequestLogSettings = z.infer<typeof requestLogSettings>;

export const endpointSettings = z.strictObject({
  autoRollback: autoRollbackSettings,
  requestLog: requestLogSettings,
  /** Answers nobody and holds no process. */
  paused: z.boolean(),
});
export type EndpointSettings = z.infer<typeof endpointSettings>;

export const ENDPOINT_DEFAULTS: EndpointSettings = {
  autoRollback: { enabled: false, errorRate: 0.05, p95Milliseconds: null, windowSeconds: 60, minimumRequests: 20 },
  requestLog: { sampleRate: 0, retentionDays: 30, maximumRows: 10_000, masked: [] },
  paused: false,
};
