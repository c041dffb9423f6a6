import { and, desc, eq, lt, or } from '../db/drizzle.ts';
import { hashSecret, matchesHash, newSecret } from '../auth/secrets.ts';
import { decodeCursor, iso, pageOf, type Page, type PageQuery } from '../assets/pages.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { pipelineEndpoints as triggers, pipelineEndpointTokens, pipelines } from '../db/schema.ts';
import { AppError, notFound } from '../errors.ts';
import type { RunSummary, StartedRun, StartRequest } from '../executor/run-types.ts';
import type { Clock } from './clock.ts';
import type { LastRun } from './schedules.ts';

export interface TriggerView {
  readonly id: string;
  readonly name: string;
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly createdAt: string;
  readonly url: string;
  readonly lastRun: RunSummary | null;
  readonly callCount: number;
}
type Row = typeof triggers.$inferSelect;

interface CalledRow {
  readonly id: string;
  readonly workspaceId: string;
  readonly pipelineId: string;
  readonly name: string;
  readonly parameters: string;
  readonly enabled: number;
  readonly tokenHash: string;
}

export interface TriggersParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly lastRun: LastRun;
  readonly start: (request: StartRequest) => Promise<StartedRun> | StartedRun;
}

/** HTTPS triggers: each starts runs of one pipeline, with its own token, and takes values for the pipeline's parameters and nothing else. */
export class Triggers {
  readonly #parts: TriggersParts;

  /** What a call needs, prepared once: calls may come by the hundred a second. */
  readonly #calls;

  constructor(parts: TriggersParts) {
    this.#parts = parts;
    const { $client } = parts.db;
    this.#calls = {
      trigger: $client.prepare<[string], CalledRow>(
        `SELECT e.id, e.workspace_id AS workspaceId, pipeline_id AS pipelineId, e.name, parameters, enabled, token_hash AS tokenHash
         FROM pipeline_endpoints e JOIN pipeline_endpoint_tokens t ON t.endpoint_id = e.id WHERE e.id = ?`,
      ),
      ofToken: $client.prepare<[string], string>('SELECT endpoint_id FROM pipeline_endpoint_tokens WHERE token_hash = ?').pluck(),
      count: $client.prepare<[string, string]>('UPDATE pipeline_endpoints SET call_count = call_count + 1, last_run_id = ? WHERE id = ?'),
    };
  }

  create(
    workspaceId: string,
    { name, pipelineId, parameters }: { name: string; pipelineId: string; parameters: Readonly<Record<string, unknown>> },
  ): TriggerView & { token: string } {
    const { db, clock } = this.#parts;
    this.#pipelineName(workspaceId, pipelineId);
    const token = newSecret('mwt_');
    const now = clock.now();
    const row: Row = {
      id: newId(now),
      workspaceId,
      name,
      pipelineId,
      parameters: { ...parameters },
      description: '',
      defaultVersion: null,
      lastVersion: 0,
      enabled: true,
      callsPerMinute: null,
      signingSecret: null,
      signingBefore: null,
      signingUntil: null,
      callbackUrl: null,
      callbackSecret: null,
      callbackEnabled: true,
      callCount: 0,
      lastRunId: null,
      createdAt: now,
    };
    db.transaction((tx) => {
      tx.insert(triggers).values(row).run();
      tx.insert(pipelineEndpointTokens)
        .values({
          id: newId(now),
          workspaceId,
          endpointId: row.id,
          name: 'First token',
          prefix: token.slice(0, 8),
          tokenHash: hashSecret(token),
          createdAt: now,
        })
        .run();
    });
    return { ...this.#view(row), token };
  }

  change(workspaceId: string, id: string, change: { name?: string; parameters?: Readonly<Record<string, unknown>>; enabled?: boolean }): TriggerView {
    const row = this.#row(workspaceId, id);
    const next: Row = { ...row, ...change, parameters: { ...(change.parameters ?? row.parameters) } };
    this.#parts.db.update(triggers).set({ name: next.name, parameters: next.parameters, enabled: next.enabled }).where(eq(triggers.id, id)).run();
    return this.#view(next);
  }

  remove(workspaceId: string, id: string): void {
    this.#row(workspaceId, id);
    this.#parts.db.delete(triggers).where(eq(triggers.id, id)).run();
  }

  /** The old token stops working at once. */
  rotate(workspaceId: string, id: string): { token: string } {
    this.#row(workspaceId, id);
    const token = newSecret('mwt_');
    this.#parts.db
      .update(pipelineEndpointTokens)
      .set({ tokenHash: hashSecret(token) })
      .where(eq(pipelineEndpointTokens.endpointId, id))
      .run();
    return { token };
  }

  get(workspaceId: string, id: string): TriggerView {
    return this.#view(this.#row(workspaceId, id));
  }

  list(workspaceId: string, { limit = 50, cursor }: PageQuery): Page<TriggerView> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const rows = this.#parts.db
      .select()
      .from(triggers)
      .where(
        and(
          eq(triggers.workspaceId, workspaceId),
          after && or(lt(triggers.createdAt, after.at), and(eq(triggers.createdAt, after.at), lt(triggers.id, after.id))),
        ),
      )
      .orderBy(desc(triggers.createdAt), desc(triggers.id))
      .limit(limit + 1)
      .all();
    return pageOf(
      rows,
      limit,
      (row) => this.#view(row),
      (row) => ({ at: row.createdAt, id: row.id }),
    );
  }

  /**
   * Starts a run for whoever holds this trigger's token. Throws 401 for no or a wrong token, 404 for a token of another trigger, 409 while it
   * is paused, and whatever `start` throws (422 for parameters that the pipeline lacks, or an idempotency key with another request).
   */
  async call(id: string, token: string | null, request: { parameters: Readonly<Record<string, unknown>>; idempotencyKey?: string }): Promise<StartedRun> {
    const { start } = this.#parts;
    if (token === null) throw wrongToken();
    const row = this.#calls.trigger.get(id);
    // The comparison takes equally long whether the trigger exists or not.
    const matches = matchesHash(token, row?.tokenHash ?? '0'.repeat(64));
    if (!row || !matches) {
      throw this.#calls.ofToken.get(hashSecret(token)) !== undefined ? notFound('trigger', id) : wrongToken();
    }
    if (!row.enabled) throw new AppError(409, 'This trigger is paused.', { code: 'trigger_paused' });
    return start({
      workspaceId: row.workspaceId,
      pipelineId: row.pipelineId,
      parameters: { ...(JSON.parse(row.parameters) as Record<string, unknown>), ...request.parameters },
      startedBy: { kind: 'trigger', name: row.name, id: row.id },
      ...(request.idempotencyKey === undefined ? {} : { idempotencyKey: request.idempotencyKey }),
      alongside: (run) => void this.#calls.count.run(run.id, id),
    });
  }

  #row(workspaceId: string, id: string): Row {
    const row = this.#parts.db
      .select()
      .from(triggers)
      .where(and(eq(triggers.workspaceId, workspaceId), eq(triggers.id, id)))
      .get();
    if (!row) throw notFound('trigger', id);
    return row;
  }

  #pipelineName(workspaceId: string, id: string): string {
    const row = this.#parts.db
      .select({ name: pipelines.name })
      .from(pipelines)
      .where(and(eq(pipelines.workspaceId, workspaceId), eq(pipelines.id, id)))
      .get();
    if (!row)
      throw new AppError(422, `There is no pipeline "${id}" in this workspace.`, {
        code: 'pipeline_unknown',
        errors: [{ pointer: '/pipelineId', detail: 'Unknown pipeline.' }],
      });
    return row.name;
  }

  #view(row: Row): TriggerView {
    const { id, workspaceId, name, pipelineId, parameters, enabled, callCount } = row;
    return {
      id,
      name,
      pipelineId,
      pipelineName: this.#pipelineName(workspaceId, pipelineId),
      parameters,
      enabled,
      createdAt: iso(row.createdAt),
      url: `/api/v1/triggers/${id}/runs`,
      lastRun: this.#parts.lastRun(workspaceId, id),
      callCount,
    };
  }
}

const wrongToken = (): AppError =>
  new AppError(401, 'Send this trigger\'s own token as "Authorization: Bearer mwt_…".', {
    code: 'trigger_token',
    headers: { 'www-authenticate': 'Bearer realm="modelwright trigger"' },
  });
