import { and, desc, eq, gt, isNull } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { apiTokens, sessions, signInTokens, workspaces } from '../db/schema.ts';
import { notFound } from '../errors.ts';
import type { Credentials } from './guard.ts';
import type { Principal } from './principal.ts';
import { hashSecret, newSecret } from './secrets.ts';

const DAY = 86_400_000;
export const SESSION_DAYS = 30;
const LINK_DAYS = 1;
/** Writing down every use would be a commit for each request. */
const USE_RESOLUTION = 60_000;
const OWNER = 'Owner';

export interface TokenView {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

/** The one workspace, who is signed in, and API tokens. Secrets are stored as hashes only. */
export class Accounts implements Credentials {
  readonly #db: Database;
  readonly #now: () => number;

  constructor(db: Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** The workspace, made on first start. */
  workspace(): { id: string; name: string } {
    const found = this.#db.select().from(workspaces).orderBy(workspaces.createdAt).get();
    return found ?? this.#db.insert(workspaces).values({ id: newId(), name: 'Workspace', createdAt: this.#now() }).returning().get();
  }

  hasSession(): boolean {
    return this.#db.select({ id: sessions.id }).from(sessions).where(gt(sessions.expiresAt, this.#now())).get() !== undefined;
  }

  /** A secret that signs one person in, once, within a day. */
  newSignInToken(workspaceId: string): string {
    const secret = newSecret('in_');
    const now = this.#now();
    this.#db
      .insert(signInTokens)
      .values({ id: newId(), workspaceId, tokenHash: hashSecret(secret), createdAt: now, expiresAt: now + LINK_DAYS * DAY })
      .run();
    return secret;
  }

  /** Takes a sign-in token for a session; null when it is unknown, used or too old. */
  signIn(token: string): string | null {
    const now = this.#now();
    return this.#db.$client
      .transaction(() => {
        const used = this.#db
          .update(signInTokens)
          .set({ usedAt: now })
          .where(and(eq(signInTokens.tokenHash, hashSecret(token)), isNull(signInTokens.usedAt), gt(signInTokens.expiresAt, now)))
          .returning()
          .get();
        if (!used) return null;
        const secret = newSecret('se_');
        this.#db
          .insert(sessions)
          .values({ id: newId(), workspaceId: used.workspaceId, tokenHash: hashSecret(secret), userName: OWNER, createdAt: now, expiresAt: now + SESSION_DAYS * DAY })
          .run();
        return secret;
      })
      .immediate();
  }

  signOut(sessionId: string): void {
    this.#db.delete(sessions).where(eq(sessions.id, sessionId)).run();
  }

  bySession(secret: string): Principal | null {
    const row = this.#db
      .select()
      .from(sessions)
      .where(and(eq(sessions.tokenHash, hashSecret(secret)), gt(sessions.expiresAt, this.#now())))
      .get();
    return row ? { kind: 'person', name: row.userName, workspaceId: row.workspaceId, sessionId: row.id } : null;
  }

  byToken(secret: string): Principal | null {
    const row = this.#db.select().from(apiTokens).where(eq(apiTokens.tokenHash, hashSecret(secret))).get();
    if (!row) return null;
    const now = this.#now();
    if (row.lastUsedAt === null || now - row.lastUsedAt > USE_RESOLUTION) this.#db.update(apiTokens).set({ lastUsedAt: now }).where(eq(apiTokens.id, row.id)).run();
    return { kind: 'token', name: row.name, workspaceId: row.workspaceId, tokenId: row.id };
  }

  tokens(workspaceId: string): TokenView[] {
    return this.#db.select().from(apiTokens).where(eq(apiTokens.workspaceId, workspaceId)).orderBy(desc(apiTokens.createdAt)).all().map(viewOf);
  }

  newToken(workspaceId: string, name: string): TokenView & { token: string } {
    const token = newSecret('mw_');
    const row = this.#db
      .insert(apiTokens)
      .values({ id: newId(), workspaceId, name, prefix: token.slice(0, 9), tokenHash: hashSecret(token), createdAt: this.#now() })
      .returning()
      .get();
    return { ...viewOf(row), token };
  }

  deleteToken(workspaceId: string, id: string): void {
    const { changes } = this.#db
      .delete(apiTokens)
      .where(and(eq(apiTokens.workspaceId, workspaceId), eq(apiTokens.id, id)))
      .run();
    if (changes === 0) throw notFound('token', id);
  }
}

const viewOf = (row: typeof apiTokens.$inferSelect): TokenView => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  createdAt: new Date(row.createdAt).toISOString(),
  lastUsedAt: row.lastUsedAt === null ? null : new Date(row.lastUsedAt).toISOString(),
});
