import { and, desc, eq, gt } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { deployments, endpointKeys, endpoints } from '../db/schema.ts';
import { notFound } from '../errors.ts';
import { hashSecret, newSecret, type SecretBox } from '../auth/secrets.ts';
import type { FusedModel } from './fused-model.ts';

export type EndpointRow = typeof endpoints.$inferSelect;
export type DeploymentRow = typeof deployments.$inferSelect;
export type KeyName = 'primary' | 'secondary';

export interface NewDeployment {
  readonly workspaceId: string;
  readonly endpoint: string;
  readonly model: FusedModel;
  readonly pipelineId: string | null;
  readonly run: { readonly id: string; readonly number: number } | null;
}

/** Rows of endpoints, their keys and their deployments. */
export class ServingRecords {
  readonly #db: Database;
  readonly #box: SecretBox;
  readonly #now: () => number;

  constructor(db: Database, box: SecretBox, now: () => number) {
    this.#db = db;
    this.#box = box;
    this.#now = now;
  }

  list(workspaceId: string, limit: number, after?: string): EndpointRow[] {
    return this.#db
      .select()
      .from(endpoints)
      .where(and(eq(endpoints.workspaceId, workspaceId), after === undefined ? undefined : gt(endpoints.name, after)))
      .orderBy(endpoints.name)
      .limit(limit)
      .all();
  }

  all(): EndpointRow[] {
    return this.#db.select().from(endpoints).all();
  }

  find(workspaceId: string, name: string): EndpointRow | undefined {
    return this.#db
      .select()
      .from(endpoints)
      .where(and(eq(endpoints.workspaceId, workspaceId), eq(endpoints.name, name)))
      .get();
  }

  get(workspaceId: string, name: string): EndpointRow {
    const row = this.find(workspaceId, name);
    if (!row) throw notFound('endpoint', name);
    return row;
  }

  /** Endpoints of that name in any workspace: a key tells which one is meant. */
  named(name: string): EndpointRow[] {
    return this.#db.select().from(endpoints).where(eq(endpoints.name, name)).all();
  }

  byId(id: string): EndpointRow | undefined {
    return this.#db.select().from(endpoints).where(eq(endpoints.id, id)).get();
  }

  /** Newest first. */
  deployments(endpointId: string): DeploymentRow[] {
    return this.#db.select().from(deployments).where(eq(deployments.endpointId, endpointId)).orderBy(desc(deployments.createdAt), desc(deployments.id)).all();
  }

  /** The deployment that gets the traffic. */
  active(endpointId: string): DeploymentRow | undefined {
    return this.deployments(endpointId).find((row) => row.weight > 0);
  }

  /** Adds a deployment that waits to be started; makes the endpoint and its keys when they are missing. Database writes only. */
  add({ workspaceId, endpoint, model, pipelineId, run }: NewDeployment): DeploymentRow {
    const now = this.#now();
    let row = this.find(workspaceId, endpoint);
    if (!row) {
      row = this.#db.insert(endpoints).values({ id: newId(), workspaceId, name: endpoint, state: 'starting', createdAt: now, updatedAt: now }).returning().get();
      for (const which of ['primary', 'secondary'] as const) this.#writeKey(row, which);
    }
    return this.#db
      .insert(deployments)
      .values({
        id: newId(),
        workspaceId,
        endpointId: row.id,
        name: `deployment-${this.deployments(row.id).reduce((most, each) => Math.max(most, Number(each.name.split('-').pop()) || 0), 0) + 1}`,
        state: 'starting',
        hash: model.hash,
        bytes: model.bytes,
        weight: 0,
        task: model.meta.summary.task,
        learner: model.meta.summary.learner,
        signature: model.meta.signature,
        proof: model.proof,
        sample: [...model.sample],
        pipelineId,
        runId: run?.id ?? null,
        runNumber: run?.number ?? null,
        createdAt: now,
      })
      .returning()
      .get();
  }

  /** All traffic to one deployment; the one before stays for a rollback. */
  switchTo(deployment: DeploymentRow): void {
    this.#db.$client
      .transaction(() => {
        this.#db.update(deployments).set({ weight: 0, state: 'stopped' }).where(and(eq(deployments.endpointId, deployment.endpointId), eq(deployments.state, 'serving'))).run();
        this.#db.update(deployments).set({ weight: 0 }).where(eq(deployments.endpointId, deployment.endpointId)).run();
        this.#db.update(deployments).set({ weight: 100, state: 'serving', error: null }).where(eq(deployments.id, deployment.id)).run();
        this.setState(deployment.endpointId, 'serving', null);
      })
      .immediate();
  }

  setState(endpointId: string, state: EndpointRow['state'], error: string | null): void {
    this.#db.update(endpoints).set({ state, error, updatedAt: this.#now() }).where(eq(endpoints.id, endpointId)).run();
  }

  setDeploymentState(id: string, state: DeploymentRow['state'], error: string | null): void {
    this.#db.update(deployments).set({ state, error }).where(eq(deployments.id, id)).run();
  }

  delete(endpointId: string): void {
    this.#db.delete(endpoints).where(eq(endpoints.id, endpointId)).run();
  }

  deleteDeployment(id: string): void {
    this.#db.delete(deployments).where(eq(deployments.id, id)).run();
  }

  keys(endpointId: string): Record<KeyName, string> {
    const rows = this.#db.select().from(endpointKeys).where(eq(endpointKeys.endpointId, endpointId)).all();
    const key = (which: KeyName): string => this.#box.unseal(rows.find((row) => row.which === which)!.secret);
    return { primary: key('primary'), secondary: key('secondary') };
  }

  keyHashes(endpointId: string): string[] {
    return this.#db
      .select({ hash: endpointKeys.secretHash })
      .from(endpointKeys)
      .where(eq(endpointKeys.endpointId, endpointId))
      .all()
      .map(({ hash }) => hash);
  }

  rotate(endpoint: EndpointRow, which: KeyName): void {
    this.#db
      .delete(endpointKeys)
      .where(and(eq(endpointKeys.endpointId, endpoint.id), eq(endpointKeys.which, which)))
      .run();
    this.#writeKey(endpoint, which);
  }

  #writeKey(endpoint: EndpointRow, which: KeyName): void {
    const secret = newSecret('ek_');
    this.#db
      .insert(endpointKeys)
      .values({ id: newId(), workspaceId: endpoint.workspaceId, endpointId: endpoint.id, which, secret: this.#box.seal(secret), secretHash: hashSecret(secret), createdAt: this.#now() })
      .run();
  }
}
