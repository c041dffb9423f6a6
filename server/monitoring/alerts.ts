import type { Logger } from 'pino';
import { and, desc, eq } from '../db/drizzle.ts';
import { iso } from '../assets/pages.ts';
import type { SecretBox } from '../auth/secrets.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { alertEvents, alertRules } from '../db/schema.ts';
import { notFound } from '../errors.ts';
import { newSigningSecret } from '../pipeline-endpoints/signature.ts';
import type { Clock } from '../scheduler/clock.ts';
import { nextStanding, type AlertRule, type AlertState, type Delivery } from './alert-rules.ts';
import { deliver } from './webhook.ts';

type RuleRow = typeof alertRules.$inferSelect;
export interface AlertView {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly rule: AlertRule;
  readonly state: AlertState;
  readonly since: string;
  readonly value: number | null;
}
export interface AlertEventView {
  readonly id: string;
  readonly ruleId: string;
  readonly name: string;
  readonly type: 'firing' | 'resolved' | 'test';
  readonly value: number | null;
  readonly message: string;
  readonly delivery: Delivery | null;
  readonly runId: string | null;
  readonly at: string;
}
export interface AlertsParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly box: SecretBox;
  readonly log: Logger;
  readonly allowedHosts: readonly string[];
  /** Starts a pipeline for a rule; gives the run's id. */
  readonly startRun: (workspaceId: string, pipelineId: string, by: { readonly name: string; readonly id: string }) => Promise<string>;
}
interface Of {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
}

const WORDS: Readonly<Record<AlertRule['metric'], string>> = {
  requests: 'Requests',
  error_rate: 'The error rate',
  p50: 'p50, ms,',
  p95: 'p95, ms,',
  p99: 'p99, ms,',
  queue_p95: 'p95 of waiting, ms,',
  compute_p95: 'p95 in the model, ms,',
  input_drift: 'The drift of inputs',
  prediction_drift: 'The drift of predictions',
  missing_share: 'The share of missing values',
  unseen_share: 'The share of unseen categories',
  out_of_range_share: 'The share of values out of range',
  realised_metric: 'What was realised',
};

/** Rules over the figures of endpoints, and what came of them. */
export class Alerts {
  readonly #parts: AlertsParts;

  constructor(parts: AlertsParts) {
    this.#parts = parts;
  }

  list(endpointId: string): AlertView[] {
    return this.#rows(endpointId).map(viewOf);
  }

  history(endpointId: string, limit: number): AlertEventView[] {
    const names = new Map(this.#rows(endpointId).map(({ id, name }) => [id, name]));
    return this.#parts.db
      .select()
      .from(alertEvents)
      .where(eq(alertEvents.endpointId, endpointId))
      .orderBy(desc(alertEvents.id))
      .limit(limit)
      .all()
      .map(({ id, ruleId, type, value, message, delivery, runId, createdAt }) => ({ id, ruleId, name: names.get(ruleId) ?? '', type, value, message, delivery: delivery ?? null, runId, at: iso(createdAt) }));
  }

  /** The secret of the webhook's signature is told here and never again. */
  create(endpoint: Of, { name, rule }: { readonly name: string; readonly rule: AlertRule }): AlertView & { readonly secret: string | null } {
    const now = this.#parts.clock.now();
    const secret = rule.webhookUrl === null ? null : newSigningSecret();
    const row: RuleRow = {
      id: newId(now),
      workspaceId: endpoint.workspaceId,
      endpointId: endpoint.id,
      name,
      enabled: true,
      rule,
      secret: secret === null ? null : this.#parts.box.seal(secret),
      state: 'quiet',
      since: now,
      value: null,
      createdAt: now,
      updatedAt: now,
    };
    this.#parts.db.insert(alertRules).values(row).run();
    return { ...viewOf(row), secret };
  }

  change(endpoint: Of, id: string, change: { readonly name?: string; readonly enabled?: boolean; readonly rule?: AlertRule }): AlertView {
    const row = this.#row(endpoint, id);
    const now = this.#parts.clock.now();
    const secret = change.rule?.webhookUrl && row.secret === null ? this.#parts.box.seal(newSigningSecret()) : row.secret;
    this.#parts.db
      .update(alertRules)
      .set({ ...change, secret, updatedAt: now, ...(change.rule || change.enabled === false ? { state: 'quiet' as const, since: now } : {}) })
      .where(eq(alertRules.id, id))
      .run();
    return viewOf(this.#row(endpoint, id));
  }

  remove(endpoint: Of, id: string): void {
    this.#row(endpoint, id);
    this.#parts.db.delete(alertRules).where(eq(alertRules.id, id)).run();
  }

  /** Sends what the rule would send, now. */
  async test(endpoint: Of, id: string): Promise<AlertEventView> {
    const row = this.#row(endpoint, id);
    await this.#tell(endpoint, row, 'test', row.value, `This is a test of the alert “${row.name}”.`);
    return this.history(endpoint.id, 1)[0]!;
  }

  /** Looks at the figures of every enabled rule. `measure` gives null where there is no figure now. */
  async look(endpoint: Of, measure: (rule: AlertRule) => number | null): Promise<void> {
    for (const row of this.#rows(endpoint.id)) {
      if (!row.enabled) continue;
      const now = this.#parts.clock.now();
      const value = measure(row.rule);
      const { state, since, tell } = nextStanding(row.rule, row, value, now);
      this.#parts.db.update(alertRules).set({ state, since, value }).where(eq(alertRules.id, row.id)).run();
      if (tell === null) continue;
      const { metric, column, comparison, threshold } = row.rule;
      const what = `${WORDS[metric]}${column === null ? '' : ` of ${column}`}`;
      const message = tell === 'firing' ? `${what} is ${value!.toPrecision(4)}, ${comparison} ${threshold}.` : `${what} is no longer ${comparison} ${threshold}.`;
      await this.#tell(endpoint, row, tell, value, message);
    }
  }

  async #tell(endpoint: Of, row: RuleRow, type: AlertEventView['type'], value: number | null, message: string): Promise<void> {
    const { db, clock, box, log, allowedHosts, startRun } = this.#parts;
    const at = clock.now();
    const id = newId(at);
    const { webhookUrl, pipelineId, metric, threshold } = row.rule;
    let runId: string | null = null;
    let delivery: Delivery | null = null;
    db.insert(alertEvents).values({ id, workspaceId: row.workspaceId, endpointId: endpoint.id, ruleId: row.id, type, value, message, delivery, runId, createdAt: at }).run();
    if (type === 'firing' && pipelineId !== null) {
      runId = await startRun(row.workspaceId, pipelineId, { name: `alert “${row.name}”`, id: row.id }).catch((error: unknown) => {
        log.warn({ err: error, alert: row.name }, 'an alert could not start its pipeline');
        return null;
      });
    }
    if (webhookUrl !== null && row.secret !== null) {
      const data = { endpoint: endpoint.name, alert: row.name, metric, value, threshold, message, runId };
      delivery = await deliver(webhookUrl, box.unseal(row.secret), { id: `msg_${id}`, type: `alert.${type}`, timestamp: iso(at), data }, { allowedHosts, now: () => clock.now() });
    }
    db.update(alertEvents).set({ delivery, runId }).where(eq(alertEvents.id, id)).run();
  }

  #rows(endpointId: string): RuleRow[] {
    return this.#parts.db.select().from(alertRules).where(eq(alertRules.endpointId, endpointId)).orderBy(alertRules.createdAt).all();
  }

  #row(endpoint: Of, id: string): RuleRow {
    const row = this.#parts.db
      .select()
      .from(alertRules)
      .where(and(eq(alertRules.id, id), eq(alertRules.endpointId, endpoint.id)))
      .get();
    if (!row) throw notFound('alert of this endpoint', id);
    return row;
  }
}

const viewOf = ({ id, name, enabled, rule, state, since, value }: RuleRow): AlertView => ({ id, name, enabled, rule, state, since: iso(since), value });
