import { iso } from '../assets/pages.ts';
import { hashSecret, newSecret } from '../auth/secrets.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { notFound } from '../errors.ts';
import type { Clock } from '../scheduler/clock.ts';

/** A token of a pipeline endpoint; the token itself is kept as a hash alone. */
export interface TokenView {
  readonly id: string;
  readonly name: string;
  /** Its first characters. */
  readonly prefix: string;
  readonly expiresAt: string | null;
  readonly expired: boolean;
  readonly lastUsedAt: string | null;
  readonly createdAt: string;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly expires_at: number | null;
  readonly last_used_at: number | null;
  readonly created_at: number;
}

const MOST_TOKENS = 50;

/** Tokens that open one pipeline endpoint each. */
export class Tokens {
  readonly #clock: Clock;
  readonly #sql;

  constructor({ $client }: Database, clock: Clock) {
    this.#clock = clock;
    this.#sql = {
      insert: $client.prepare(
        `INSERT INTO pipeline_endpoint_tokens (id, workspace_id, endpoint_id, name, prefix, token_hash, expires_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      // Long expired ones make room for new ones.
      prune: $client.prepare('DELETE FROM pipeline_endpoint_tokens WHERE endpoint_id = ? AND expires_at < ?'),
      list: $client.prepare<[string], Row>(
        `SELECT id, name, prefix, expires_at, last_used_at, created_at FROM pipeline_endpoint_tokens WHERE endpoint_id = ? ORDER BY created_at DESC, id DESC LIMIT ${MOST_TOKENS}`,
      ),
      one: $client.prepare<[string, string], Row & { workspace_id: string }>('SELECT * FROM pipeline_endpoint_tokens WHERE endpoint_id = ? AND id = ?'),
      expire: $client.prepare('UPDATE pipeline_endpoint_tokens SET expires_at = min(coalesce(expires_at, @at), @at) WHERE id = @id'),
      remove: $client.prepare('DELETE FROM pipeline_endpoint_tokens WHERE endpoint_id = ? AND id = ?'),
      removeAll: $client.prepare('DELETE FROM pipeline_endpoint_tokens WHERE endpoint_id = ?'),
    };
  }

  list(endpointId: string): TokenView[] {
    return this.#sql.list.all(endpointId).map((row) => this.#view(row));
  }

  /** The token is shown here and never again. */
  create(workspaceId: string, endpointId: string, { name, expiresAt }: { name: string; expiresAt: number | null }): TokenView & { token: string } {
    const token = newSecret('mwt_');
    const now = this.#clock.now();
    const id = newId(now);
    this.#sql.prune.run(endpointId, now - 30 * 86_400_000);
    this.#sql.insert.run(id, workspaceId, endpointId, name, token.slice(0, 8), hashSecret(token), expiresAt, now);
    return { ...this.#view(this.#sql.one.get(endpointId, id)!), token };
  }

  /** Another token of the same name; this one holds for so long, so that callers can change over. @throws AppError 404 */
  rotate(endpointId: string, id: string, { overlapSeconds, expiresAt }: { overlapSeconds: number; expiresAt: number | null }): TokenView & { token: string } {
    const row = this.#sql.one.get(endpointId, id);
    if (!row) throw notFound('token', id);
    this.#sql.expire.run({ at: this.#clock.now() + overlapSeconds * 1_000, id });
    return this.create(row.workspace_id, endpointId, { name: row.name, expiresAt });
  }

  /** One new token in place of all. */
  replaceAll(workspaceId: string, endpointId: string): { token: string } {
    this.#sql.removeAll.run(endpointId);
    return { token: this.create(workspaceId, endpointId, { name: 'First token', expiresAt: null }).token };
  }

  /** @throws AppError 404 */
  remove(endpointId: string, id: string): void {
    if (this.#sql.remove.run(endpointId, id).changes === 0) throw notFound('token', id);
  }

  #view({ id, name, prefix, expires_at: expires, last_used_at: used, created_at: created }: Row): TokenView {
    return {
      id,
      name,
      prefix,
      expiresAt: expires === null ? null : iso(expires),
      expired: expires !== null && this.#clock.now() >= expires,
      lastUsedAt: used === null ? null : iso(used),
      createdAt: iso(created),
    };
  }
}
