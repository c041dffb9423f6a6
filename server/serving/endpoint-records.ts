import { and, desc, eq, gt, ne } from '../db/drizzle.ts';
import type { SecretBox } from '../auth/secrets.ts';
import { hashSecret, newSecret } from '../auth/secrets.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { artifacts, deployments, endpointKeys, endpoints } from '../db/schema.ts';
import { AppError, notFound } from '../errors.ts';
import type { Fused } from './fusion.ts';

export type EndpointRow = typeof endpoints.$inferSelect;
export type DeploymentRow = typeof deployments.$inferSelect;
export interface EndpointKeys {
  readonly primary: string;
  readonly secondary: string;
}

/** Where a deployment comes from. */
export interface DeploymentOrigin {
  readonly pipelineId: string | null;
  readonly runId: string | null;
  readonly runNumber: number | null;
}

export const ENDPOINT_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Rows of endpoints, their keys and deployments. */
export class EndpointRecords {
  readonly #db: Database;
  readonly #box: SecretBox;

  constructor(db: Database, box: SecretBox) {
    this.#db = db;
    this.#box = box;
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

  /** The endpoint by its address alone: names are unique within a workspace, and there is one workspace so far. */
  byAddress(name: string): EndpointRow | undefined {
    return this.#db.select().from(endpoints).where(eq(endpoints.name, name)).limit(1).get();
  }

  list(workspaceId: string, limit: number, after: string | undefined): EndpointRow[] {
    return this.#db
      .select()
      .from(endpoints)
      .where(and(eq(endpoints.workspaceId, workspaceId), after === undefined ? undefined : gt(endpoints.name, after)))
      .orderBy(endpoints.name)
      .limit(limit)
      .all();
  }

  /** Newest first. */
  deployments(endpointId: string): DeploymentRow[] {
    return this.#db.select().from(deployments).where(eq(deployments.endpointId, endpointId)).orderBy(desc(deployments.createdAt), desc(deployments.id)).all();
  }

  deployment(id: string): DeploymentRow | undefined {
    return this.#db.select().from(deployments).where(eq(deployments.id, id)).get();
  }

  /** All that should answer now, over all workspaces. */
  serving(): DeploymentRow[] {
    return this.#db.select().from(deployments).where(gt(deployments.weight, 0)).all();
  }

  /**
   * Writes a new deployment that takes all traffic; makes the endpoint with its keys when the name is new. Synchronous and on the one
   * connection, so it may run inside another transaction.
   */
  add(workspaceId: string, endpointName: string, fused: Fused, origin: DeploymentOrigin, now: number): { endpoint: EndpointRow; deployment: DeploymentRow } {
    return this.#db.transaction((tx) => {
      let endpoint = this.find(workspaceId, endpointName);
      if (!endpoint) {
        endpoint = { id: newId(now), workspaceId, name: endpointName, state: 'serving', error: null, settings: {}, createdAt: now, updatedAt: now };
        tx.insert(endpoints).values(endpoint).run();
        for (const which of ['primary', 'secondary'] as const)
          tx.insert(endpointKeys)
            .values(this.#newKey(endpoint, which, now))
            .run();
      }
      const known = this.deployments(endpoint.id).map((each) => Number(/^v(\d+)$/.exec(each.name)?.[1] ?? 0));
      const deployment: DeploymentRow = {
        id: newId(now),
        workspaceId,
        endpointId: endpoint.id,
        name: `v${Math.max(0, ...known) + 1}`,
        state: 'serving',
        error: null,
        hash: fused.hash,
        modelHash: fused.modelHash,
        bytes: fused.bytes,
        mode: 'live',
        weight: 100,
        servedUntil: null,
        settings: {},
        modelName: null,
        modelVersion: null,
        task: fused.summary.task,
        learner: fused.summary.learner,
        signature: fused.signature,
        proof: fused.proof,
        sample: [...fused.sample],
        ...origin,
        createdAt: now,
      };
      tx.insert(artifacts)
        .values({
          workspaceId,
          hash: fused.hash,
          kind: 'model',
          bytes: fused.bytes,
          meta: { kind: 'model', signature: fused.signature, summary: fused.summary },
          createdAt: now,
        })
        .onConflictDoNothing()
        .run();
      tx.insert(deployments).values(deployment).run();
      this.#activate(endpoint.id, deployment.id, now);
      return { endpoint, deployment };
    });
  }

  /** Gives one deployment all traffic and stops the others. */
  activate(endpointId: string, deploymentId: string, now: number): void {
    this.#db.transaction(() => this.#activate(endpointId, deploymentId, now));
  }

  #activate(endpointId: string, deploymentId: string, now: number): void {
    this.#db
      .update(deployments)
      .set({ weight: 0, state: 'stopped' })
      .where(and(eq(deployments.endpointId, endpointId), ne(deployments.id, deploymentId)))
      .run();
    this.#db.update(deployments).set({ weight: 100, state: 'serving', error: null }).where(eq(deployments.id, deploymentId)).run();
    this.#db.update(endpoints).set({ state: 'serving', error: null, updatedAt: now }).where(eq(endpoints.id, endpointId)).run();
  }

  setState(deployment: DeploymentRow, state: DeploymentRow['state'], error: string | null, now: number): void {
    this.#db.transaction((tx) => {
      tx.update(deployments).set({ state, error }).where(eq(deployments.id, deployment.id)).run();
      tx.update(endpoints).set({ state, error, updatedAt: now }).where(eq(endpoints.id, deployment.endpointId)).run();
    });
  }

  remove(id: string): void {
    this.#db.delete(endpoints).where(eq(endpoints.id, id)).run();
  }

  removeDeployment(id: string): void {
    this.#db.delete(deployments).where(eq(deployments.id, id)).run();
  }

  /** Hashes of the endpoint's keys, for comparing. */
  keyHashes(endpointId: string): string[] {
    return this.#db
      .select({ hash: endpointKeys.secretHash })
      .from(endpointKeys)
      .where(eq(endpointKeys.endpointId, endpointId))
      .all()
      .map((row) => row.hash);
  }

  /** The endpoint that this is a key of. */
  byKey(secret: string): EndpointRow | undefined {
    const key = this.#db
      .select({ endpointId: endpointKeys.endpointId })
      .from(endpointKeys)
      .where(eq(endpointKeys.secretHash, hashSecret(secret)))
      .limit(1)
      .get();
    return key && this.#db.select().from(endpoints).where(eq(endpoints.id, key.endpointId)).get();
  }

  /** Both keys in the clear. Throws 500 with the reason when the key file is another than the one they were sealed with. */
  keys(endpointId: string): EndpointKeys {
    const rows = this.#db.select().from(endpointKeys).where(eq(endpointKeys.endpointId, endpointId)).all();
    const secret = (which: 'primary' | 'secondary'): string => {
      try {
        return this.#box.unseal(rows.find((row) => row.which === which)!.secret);
      } catch (cause) {
        throw new AppError(
          500,
          'The keys cannot be read: secret.key in the data folder is not the file that they were written with. Put it back, or rotate the keys.',
          { code: 'key_file_differs', cause },
        );
      }
    };
    return { primary: secret('primary'), secondary: secret('secondary') };
  }

  rotate(endpoint: EndpointRow, which: 'primary' | 'secondary', now: number): void {
    const { secret, secretHash } = this.#newKey(endpoint, which, now);
    this.#db
      .update(endpointKeys)
      .set({ secret, secretHash, createdAt: now })
      .where(and(eq(endpointKeys.endpointId, endpoint.id), eq(endpointKeys.which, which)))
      .run();
  }

  #newKey(endpoint: EndpointRow, which: 'primary' | 'secondary', now: number): typeof endpointKeys.$inferInsert {
    const secret = newSecret('mwe_');
    return {
      id: newId(now),
      workspaceId: endpoint.workspaceId,
      endpointId: endpoint.id,
      which,
      secret: this.#box.seal(secret),
      secretHash: hashSecret(secret),
      createdAt: now,
    };
  }
}
