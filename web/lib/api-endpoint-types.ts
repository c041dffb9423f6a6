import type { SignatureInput, SignatureOutput, Task } from '#nodes/kit/signature.ts';

type Cell = string | number | boolean | null;
type Quantiles = { readonly p50: number | null; readonly p95: number | null; readonly p99: number | null };

export type ServingState = 'starting' | 'serving' | 'idle' | 'failed' | 'stopped';
export interface EqualityProof {
  readonly rowCount: number;
  readonly equal: boolean;
  readonly largestDifference: number;
  readonly differingLabels: number;
  readonly against: 'run' | 'stages';
}
/** Counts and latencies in milliseconds. */
export interface TrafficFigures extends Quantiles {
  readonly requests: number;
  /** Refused for what the caller sent. */
  readonly refused: number;
  /** Failed on the server's side. */
  readonly errors: number;
  readonly rows: number;
  readonly queue: Quantiles;
  readonly compute: Quantiles;
  readonly shadow: { readonly compared: number; readonly equalShare: number; readonly meanDifference: number } | null;
}
export interface TrafficMinute extends TrafficFigures {
  readonly at: string;
}
export interface TrafficHistory {
  readonly since: string;
  readonly until: string;
  /** Milliseconds. */
  readonly step: number;
  /** All deployments that answer. */
  readonly together: readonly TrafficMinute[];
  readonly deployments: readonly { readonly name: string; readonly points: readonly TrafficMinute[] }[];
}
export interface DeploymentSettings {
  readonly workers: number;
  readonly queueLimit: number;
  readonly timeLimitMilliseconds: number;
  readonly idleMinutes: number;
}
export interface Deployment {
  readonly name: string;
  readonly state: ServingState;
  readonly error: string | null;
  readonly mode: 'live' | 'shadow';
  readonly hash: string;
  readonly bytes: number;
  readonly weight: number;
  readonly settings: DeploymentSettings;
  readonly createdAt: string;
  readonly task: Task;
  readonly learner: string;
  readonly proof: EqualityProof;
  readonly pipelineId: string | null;
  readonly runId: string | null;
  readonly runNumber: number | null;
  readonly modelName: string | null;
  readonly modelVersion: number | null;
  readonly processes: number;
  readonly pending: number;
  readonly traffic: TrafficFigures;
}
export interface AutoRollback {
  readonly enabled: boolean;
  readonly errorRate: number;
  readonly p95Milliseconds: number | null;
  readonly windowSeconds: number;
  readonly minimumRequests: number;
}
export interface RequestLogSettings {
  readonly sampleRate: number;
  readonly retentionDays: number;
  readonly maximumRows: number;
  readonly masked: readonly string[];
}
/** What a deployment is made of. */
export type DeploymentSource =
  | { readonly type: 'model'; readonly name: string; readonly version: string }
  | { readonly type: 'run'; readonly runId: string; readonly node: string | null }
  | { readonly type: 'pipeline'; readonly pipelineId: string };
export interface Endpoint {
  readonly name: string;
  readonly state: ServingState | 'paused';
  readonly url: string;
  readonly createdAt: string;
  readonly deployments: readonly Deployment[];
  readonly rollbackTo: string | null;
  readonly settings: { readonly autoRollback: AutoRollback; readonly requestLog: RequestLogSettings; readonly paused: boolean };
  readonly input: readonly SignatureInput[];
  readonly output: readonly SignatureOutput[];
  readonly sample: Readonly<Record<string, Cell>>;
  readonly samples: readonly Readonly<Record<string, Cell>>[];
  readonly traffic: TrafficFigures & { readonly perMinute: readonly TrafficMinute[] };
}
export interface EndpointEvent {
  readonly id: string;
  readonly type: string;
  readonly deployment: string | null;
  readonly by: string;
  readonly message: string;
  readonly at: string;
}
export interface ColumnDrift {
  readonly name: string;
  readonly kind: 'number' | 'category';
  readonly edges: readonly number[] | null;
  readonly values: readonly string[] | null;
  readonly then: readonly number[];
  readonly now: readonly number[];
  readonly stabilityIndex: number | null;
  readonly jensenShannon: number | null;
  readonly kolmogorovSmirnov: number | null;
  readonly moved: boolean;
  readonly meanThen: number | null;
  readonly meanNow: number | null;
  readonly missingThen: number;
  readonly missingNow: number;
  readonly unseen: number | null;
  readonly outOfRange: number | null;
}
export interface MonitoringReport {
  readonly deployment: string | null;
  readonly since: string;
  readonly drift: {
    readonly trainingRows: number;
    readonly rowCount: number;
    readonly inputs: readonly ColumnDrift[];
    readonly outputs: readonly ColumnDrift[];
  } | null;
}
export interface AlertRule {
  readonly metric: string;
  readonly column: string | null;
  readonly comparison: 'above' | 'below';
  readonly threshold: number;
  readonly windowMinutes: number;
  readonly forMinutes: number;
  readonly webhookUrl: string | null;
  readonly emails: readonly string[];
  readonly pipelineId: string | null;
}
export interface Alert {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly rule: AlertRule;
  /** What the rule looks at, in words. */
  readonly figure: string;
  readonly state: 'quiet' | 'pending' | 'firing';
  readonly since: string;
  readonly value: number | null;
}
interface Delivery {
  readonly status: 'sent' | 'failed';
  readonly attempts: number;
  readonly code: number | null;
  readonly detail: string | null;
}
export interface AlertEvent {
  readonly id: string;
  readonly name: string;
  readonly type: 'firing' | 'resolved' | 'test';
  readonly message: string;
  readonly delivery: Delivery | null;
  readonly mail: Delivery | null;
  readonly runId: string | null;
  readonly at: string;
}
/** A figure that an alert can be about. */
export interface AlertFigure {
  readonly metric: string;
  readonly title: string;
  /** The limit that is proposed. */
  readonly threshold: number;
  /** Of one column, or of the one that is worst. */
  readonly ofColumns: boolean;
}
export interface Alerts {
  readonly items: readonly Alert[];
  readonly history: readonly AlertEvent[];
  readonly figures: readonly AlertFigure[];
  /** The sender of mails; null: the installation has no mail server. */
  readonly mailFrom: string | null;
}
export type TrafficRange = 'hour' | 'day' | 'week' | 'month';
