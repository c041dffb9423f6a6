import { and, desc, eq, lt } from '../db/drizzle.ts';
import { iso } from '../assets/pages.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { endpointEvents } from '../db/schema.ts';

export type EndpointEventType =
  | 'deployed'
  | 'traffic'
  | 'promoted'
  | 'rolled_back'
  | 'auto_rolled_back'
  | 'shadowed'
  | 'started'
  | 'stopped'
  | 'idle'
  | 'process_ended'
  | 'failed'
  | 'removed'
  | 'settings'
  | 'keys'
  | 'load_test'
  | 'paused'
  | 'resumed';

export interface EndpointEventView {
  readonly id: string;
  readonly type: EndpointEventType;
  readonly deployment: string | null;
  readonly by: string;
  readonly message: string;
  readonly at: string;
}
export interface NewEndpointEvent {
  readonly type: EndpointEventType;
  readonly deployment?: string;
  /** A person, a run, or the rule. */
  readonly by: string;
  /** One sentence. */
  readonly message: string;
}

/** Of each endpoint; the oldest go. */
const KEPT = 1_000;
/** Who does what nobody asked for. */
export const BY_ITSELF = 'Modelwright';

/** What happened to endpoints. */
export class EndpointEvents {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  add(endpoint: { readonly id: string; readonly workspaceId: string }, event: NewEndpointEvent, now: number): void {
    const { type, deployment, by, message } = event;
    this.#db
      .insert(endpointEvents)
      .values({ id: newId(now), workspaceId: endpoint.workspaceId, endpointId: endpoint.id, type, deployment: deployment ?? null, by, message, createdAt: now })
      .run();
    const oldest = this.#db
      .select({ id: endpointEvents.id })
      .from(endpointEvents)
      .where(eq(endpointEvents.endpointId, endpoint.id))
      .orderBy(desc(endpointEvents.id))
      .limit(1)
      .offset(KEPT)
      .get();
    if (oldest) {
      this.#db
        .delete(endpointEvents)
        .where(and(eq(endpointEvents.endpointId, endpoint.id), lt(endpointEvents.id, oldest.id)))
        .run();
    }
  }

  /** Newest first. */
  list(endpointId: string, limit: number, before?: string): EndpointEventView[] {
    return this.#db
      .select()
      .from(endpointEvents)
      .where(and(eq(endpointEvents.endpointId, endpointId), before === undefined ? undefined : lt(endpointEvents.id, before)))
      .orderBy(desc(endpointEvents.id))
      .limit(limit)
      .all()
      .map(({ id, type, deployment, by, message, createdAt }) => ({ id, type: type as EndpointEventType, deployment, by, message, at: iso(createdAt) }));
  }
}
