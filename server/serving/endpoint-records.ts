import { and, desc, eq, gt, ne, or } from '../db/drizzle.ts';
import type { SecretBox } from '../auth/secrets.ts';
import { hashSecret, newSecret } from '../auth/secrets.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { artifacts, deployments, endpointKeys, endpoints } from '../db/schema.ts';
import { AppError, notFound } from '../errors.ts';
import type { DeploymentSettings, EndpointSettings } from './endpoint-settings.ts';
import type { Fused } from './fusion.ts';
import { scaledTo } from './split.ts';

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
  readonly modelName: string | null;
  readonly modelVersion: number | null;
}
/** How a new deployment begins. */
export interface DeploymentPlan {
  /** Null: `v` and the next number. */
  readonly name: string | null;
  readonly mode: DeploymentRow['mode'];
  /** Share of the traffic, 0 to 100; what is left is split among the others as it was. Of a shadow 0. */
  readonly weight: number;
  readonly settings: Partial<DeploymentSettings>;
}
export const ALL_TRAFFIC: DeploymentPlan = { name: null, mode: 'live', weight: 100, settings: {} };

export const ENDPOINT_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const WORST_FIRST: readonly DeploymentRow['state'][] = ['failed', 'starting', 'stopped', 'serving', 'idle'];

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

  byId(id: string): EndpointRow | undefined {
    return this.#db.select().from(endpoints).where(eq(endpoints.id, id)).get();
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

  /** All that should answer, of one endpoint or over all workspaces, in the order of their making. */
  answering(endpointId?: string): DeploymentRow[] {
    return this.#db
      .select()
      .from(deployments)
      .where(
        and(or(gt(deployments.weight, 0), ne(deployments.state, 'stopped')), endpointId === undefined ? undefined : eq(deployments.endpointId, endpointId)),
      )
      .orderBy(deployments.createdAt, deployments.id)
      .all();
  }

  /**
   * Writes a new deployment, and makes the endpoint with its keys when the name is new. Synchronous and on the one connection, so it may run
   * inside another transaction. The first live one takes all traffic, whatever the plan says. Throws 409 when the name is taken.
   */
  add(
    workspaceId: string,
    endpointName: string,
    { fused, origin }: { readonly fused: Fused; readonly origin: DeploymentOrigin },
    plan: DeploymentPlan,
    now: number,
  ): { endpoint: EndpointRow; deployment: DeploymentRow } {
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
      const others = this.deployments(endpoint.id);
      if (plan.name !== null && others.some((each) => each.name === plan.name))
        throw new AppError(409, `This endpoint has a deployment “${plan.name}” already. Choose another name.`, { code: 'name_taken' });
      const first = !others.some((each) => each.weight > 0);
      if (first && plan.mode === 'shadow') throw new AppError(409, 'A shadow needs a deployment that answers. Deploy one first.', { code: 'shadow_alone' });
      const weight = plan.mode === 'shadow' ? 0 : first ? 100 : plan.weight;
      const deployment: DeploymentRow = {
        id: newId(now),
        workspaceId,
        endpointId: endpoint.id,
        name: plan.name ?? `v${Math.max(0, ...others.map((each) => Number(/^v(\d+)$/.exec(each.name)?.[1] ?? 0))) + 1}`,
        state: 'serving',
        error: null,
        hash: fused.hash,
        modelHash: fused.modelHash,
        bytes: fused.bytes,
        mode: plan.mode,
        weight: 0,
        servedUntil: null,
        settings: plan.settings,
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
      if (weight > 0) {
        const sharing = others.filter((each) => each.weight > 0);
        const scaled = scaledTo(
          sharing.map((each) => each.weight),
          100 - weight,
        );
        this.setWeights(endpoint.id, new Map([[deployment.id, weight], ...sharing.map((each, index): [string, number] => [each.id, scaled[index]!])]), now);
      }
      return { endpoint, deployment: { ...deployment, weight } };
    });
  }

  /** Splits the traffic; who is not named gets none. Those that lose all of it can be gone back to, and are stopped when \`stop\` says so. */
  setWeights(endpointId: string, weights: ReadonlyMap<string, number>, now: number, { stop = true } = {}): void {
    this.#db.transaction((tx) => {
      for (const each of this.deployments(endpointId)) {
        const weight = weights.get(each.id) ?? 0;
        const change = {
          weight,
          ...(weight > 0 ? { mode: 'live' as const, servedUntil: null } : {}),
          ...(weight > 0 && ['stopped', 'failed'].includes(each.state) ? { state: 'serving' as const, error: null } : {}),
          ...(weight === 0 && each.weight > 0 ? { servedUntil: now, ...(stop ? { state: 'stopped' as const, error: null } : {}) } : {}),
        };
        tx.update(deployments).set(change).where(eq(deployments.id, each.id)).run();
      }
      this.#refresh(endpointId, now);
    });
  }

  /** The one to go back to: it had traffic last, and nothing was held against it. */
  lastGood(endpointId: string): DeploymentRow | undefined {
    const current = this.deployments(endpointId);
    return current
      .filter((each) => each.weight === 0 && each.mode === 'live' && each.servedUntil !== null)
      .sort((a, b) => b.servedUntil! - a.servedUntil! || b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))[0];
  }

  change(deploymentId: string, change: Partial<Pick<DeploymentRow, 'mode' | 'servedUntil' | 'settings'>>): void {
    this.#db.update(deployments).set(change).where(eq(deployments.id, deploymentId)).run();
  }

  setSettings(endpoint: EndpointRow, settings: Partial<EndpointSettings>, now: number): void {
    this.#db.update(endpoints).set({ settings, updatedAt: now }).where(eq(endpoints.id, endpoint.id)).run();
  }

  setState(deployment: Pick<DeploymentRow, 'id' | 'endpointId'>, state: DeploymentRow['state'], error: string | null, now: number): void {
    this.#db.transaction((tx) => {
      tx.update(deployments).set({ state, error }).where(eq(deployments.id, deployment.id)).run();
      this.#refresh(deployment.endpointId, now);
    });
  }

  /** The endpoint is as its worst deployment with traffic is. */
  #refresh(endpointId: string, now: number): void {
    const sharing = this.deployments(endpointId).filter((each) => each.weight > 0);
    const worst = WORST_FIRST.flatMap((state) => sharing.find((each) => each.state === state) ?? [])[0];
    this.#db
      .update(endpoints)
      .set({ state: worst?.state ?? 'stopped', error: worst?.error ?? null, updatedAt: now })
      .where(eq(endpoints.id, endpointId))
      .run();
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
