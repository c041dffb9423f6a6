import type { Logger } from 'pino';
import { and, desc, eq } from '../db/drizzle.ts';
import { iso } from '../assets/pages.ts';
import type { SecretBox } from '../auth/secrets.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { alertEvents, alertRules } from '../db/schema.ts';
import { AppError, notFound } from '../errors.ts';
import { newSigningSecret } from '../pipeline-endpoints/signature.ts';
import type { Automation } from '../scheduler/automation.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { Mailer } from '../mail/mailer.ts';
import { alertMail, deliverMail, type AlertNews } from './alert-mail.ts';
import { alertRule, nextStanding, type AlertRule, type AlertState, type Deliveries, type Delivery } from './alert-rules.ts';
import { ALERT_FIGURES, figureOf, figureTitle, newsOf } from './alert-words.ts';
import { deliver } from './webhook.ts';

type RuleRow = typeof alertRules.$inferSelect;
export interface AlertView {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly rule: AlertRule;
  /** What the rule looks at, in words. */
  readonly figure: string;
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
  /** Of the webhook. */
  readonly delivery: Delivery | null;
  readonly mail: Delivery | null;
  readonly runId: string | null;
  readonly at: string;
}
export interface AlertsParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly box: SecretBox;
  readonly log: Logger;
  readonly allowedHosts: readonly string[];
  /** Null: the installation has no mail server. */
  readonly mailer: Mailer | null;
  /** Where people reach the installation, without a slash at the end. */
  readonly publicUrl: () => string;
  /** Tells schedules that wait for an alert of an endpoint. */
  readonly automation: Pick<Automation, 'emit'>;
  /** Starts a pipeline for a rule; gives the run's id. */
  readonly startRun: (workspaceId: string, pipelineId: string, by: { readonly name: string; readonly id: string }) => Promise<string>;
}
interface Of {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
}

/** Rules over the figures of endpoints, and what came of them. */
export class Alerts {
  readonly #parts: AlertsParts;

  constructor(parts: AlertsParts) {
    this.#parts = parts;
  }

  list(endpointId: string): AlertView[] {
    return this.#rows(endpointId).map(viewOf);
  }

  /** The sender of alerts by mail; null: no mail server is set. */
  get mailFrom(): string | null {
    return this.#parts.mailer?.from ?? null;
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
      .map((row) => eventView(row, names.get(row.ruleId) ?? ''));
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

  /** Sends what the rule would send, now. Errors: `not_found`. */
  async test(endpoint: Of, id: string): Promise<AlertEventView> {
    const row = this.#row(endpoint, id);
    const told = await this.#tell(endpoint, row, 'test', row.value, `This is a test of the alert “${row.name}”.`);
    return eventView(this.#parts.db.select().from(alertEvents).where(eq(alertEvents.id, told)).get()!, row.name);
  }

  /** Looks at the figures of every enabled rule. `measure` gives null where there is no figure now. */
  async look(endpoint: Of, measure: (rule: AlertRule) => number | null): Promise<void> {
    for (const row of this.#rows(endpoint.id)) {
      if (!row.enabled) continue;
      const now = this.#parts.clock.now();
      const value = measure(row.rule);
      const { state, since, tell } = nextStanding(row.rule, row, value, now);
      const keep = (): void => void this.#parts.db.update(alertRules).set({ state, since, value }).where(eq(alertRules.id, row.id)).run();
      if (tell === null) keep();
      else await this.#tell(endpoint, row, tell, value, newsOf(row.rule, tell, value), keep);
    }
  }

  /** `alongside` runs in the transaction that writes the news down, so that no news is lost or told twice. */
  async #tell(
    endpoint: Of,
    row: RuleRow,
    type: AlertEventView['type'],
    value: number | null,
    message: string,
    alongside: () => void = () => {},
  ): Promise<string> {
    const { db, clock, log, startRun, automation } = this.#parts;
    const at = clock.now();
    const id = newId(at);
    const { pipelineId } = row.rule;
    let runId: string | null = null;
    db.transaction((tx) => {
      alongside();
      tx.insert(alertEvents)
        .values({ id, workspaceId: row.workspaceId, endpointId: endpoint.id, ruleId: row.id, type, value, message, delivery: null, runId, createdAt: at })
        .run();
      if (type !== 'firing') return;
      const { metric, column, threshold } = row.rule;
      const data = { endpoint: endpoint.name, alert: row.name, metric, column, value, threshold, message };
      automation.emit({ workspaceId: row.workspaceId, kind: 'alert', subject: endpoint.name, data });
    });
    if (type === 'firing' && pipelineId !== null) {
      runId = await startRun(row.workspaceId, pipelineId, { name: `alert “${row.name}”`, id: row.id }).catch((error: unknown) => {
        log.warn({ err: error, alert: row.name }, 'an alert could not start its pipeline');
        return null;
      });
    }
    const delivery = await this.#deliver(row, { id, type, endpoint: endpoint.name, alert: row.name, rule: row.rule, value, message, runId, at });
    db.update(alertEvents).set({ delivery, runId }).where(eq(alertEvents.id, id)).run();
    return id;
  }

  async #deliver(row: RuleRow, news: AlertNews): Promise<Deliveries> {
    const { clock, box, allowedHosts, mailer, publicUrl } = this.#parts;
    const { id, type, endpoint, alert, rule, value, message, runId, at } = news;
    const { webhookUrl, metric, threshold, emails } = rule;
    const data = { endpoint, alert, metric, value, threshold, message, runId };
    const [webhook, mail] = await Promise.all([
      webhookUrl !== null && row.secret !== null
        ? deliver(
            webhookUrl,
            box.unseal(row.secret),
            { id: `msg_${id}`, type: `alert.${type}`, timestamp: iso(at), data },
            { allowedHosts, now: () => clock.now() },
          )
        : null,
      emails.length > 0 ? deliverMail(mailer, alertMail(news, publicUrl())) : null,
    ]);
    return { webhook, mail };
  }

  #rows(endpointId: string): RuleRow[] {
    return this.#parts.db.select().from(alertRules).where(eq(alertRules.endpointId, endpointId)).orderBy(alertRules.createdAt).all().map(whole);
  }

  #row(endpoint: Of, id: string): RuleRow {
    const row = this.#parts.db
      .select()
      .from(alertRules)
      .where(and(eq(alertRules.id, id), eq(alertRules.endpointId, endpoint.id)))
      .get();
    if (!row) throw notFound('alert of this endpoint', id);
    return whole(row);
  }
}

function eventView({ id, ruleId, type, value, message, delivery, runId, createdAt }: typeof alertEvents.$inferSelect, name: string): AlertEventView {
  const { webhook, mail } = deliveriesOf(delivery);
  return { id, ruleId, name, type, value, message, delivery: webhook, mail, runId, at: iso(createdAt) };
}

/** Throws 422 for a column that no deployment takes or gives, or where the figure is of none. */
export function checkColumn({ metric, column }: Pick<AlertRule, 'metric' | 'column'>, columns: readonly string[]): void {
  if (column === null) return;
  const refused = (detail: string): AppError => new AppError(422, detail, { code: 'column_unknown', errors: [{ pointer: '/rule/column', detail }] });
  if (!ALERT_FIGURES.find((each) => each.metric === metric)?.ofColumns)
    throw refused(`The ${figureOf({ metric, column: null })} is of no column. Leave the column out.`);
  if (!columns.includes(column)) throw refused(`No deployment of this endpoint takes a column "${column}". There are: ${columns.join(', ')}.`);
}

/** With what rules that were stored before did not have. */
const whole = (row: RuleRow): RuleRow => ({ ...row, rule: alertRule.parse(row.rule) });
/** Before there was mail, the webhook's stood alone. */
const deliveriesOf = (stored: Deliveries | Delivery | null): Deliveries => {
  if (stored === null) return { webhook: null, mail: null };
  return 'status' in stored ? { webhook: stored, mail: null } : stored;
};

const viewOf = ({ id, name, enabled, rule, state, since, value }: RuleRow): AlertView => ({
  id,
  name,
  enabled,
  rule,
  figure: figureTitle(rule),
  state,
  since: iso(since),
  value,
});
