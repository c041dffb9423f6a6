import { and, desc, eq, gt, isNull, sql } from '../db/drizzle.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { apiTokens, sessions, signInTokens, workspaces } from '../db/schema.ts';
import { AppError, notFound } from '../errors.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { Credentials } from './guard.ts';
import type { Principal } from './principal.ts';
import { hashSecret, newSecret } from './secrets.ts';

const DAY = 24 * 3_600_000;
const SESSION_DAYS = 30;
const LINK_HOURS = 24;
/** Wrong sign-ins within a minute, over all callers, before they have to wait. */
const WRONG_LIMIT = 20;
const USED_EVERY = 60_000;

export interface TokenView {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

/** The workspace of this installation; made at the first start. */
export function ensureWorkspace(db: Database, now: number): { id: string; name: string } {
  return db.transaction((tx) => {
    const known = tx.select().from(workspaces).limit(1).get();
    if (known) return { id: known.id, name: known.name };
    const row = { id: newId(now), name: 'My workspace', createdAt: now };
    tx.insert(workspaces).values(row).run();
    return { id: row.id, name: row.name };
  });
}

/** Sessions, one-time sign-in tokens and API tokens. Only hashes are stored. */
export class Access implements Credentials {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly workspace: { readonly id: string; readonly name: string };
  #wrong: number[] = [];

  constructor(db: Database, clock: Clock, workspace: { id: string; name: string }) {
    this.#db = db;
    this.#clock = clock;
    this.workspace = workspace;
  }

  /** A fresh one-time token for the sign-in link; older unused ones stop working. */
  newSignInToken(): string {
    const token = newSecret('');
    const now = this.#clock.now();
    this.#db.transaction((tx) => {
      tx.delete(signInTokens).where(eq(signInTokens.workspaceId, this.workspace.id)).run();
      tx.insert(signInTokens)
        .values({ id: newId(now), workspaceId: this.workspace.id, tokenHash: hashSecret(token), createdAt: now, expiresAt: now + LINK_HOURS * 3_600_000 })
        .run();
    });
    return token;
  }

  hasSession(): boolean {
    return this.#db.select({ id: sessions.id }).from(sessions).where(gt(sessions.expiresAt, this.#clock.now())).limit(1).get() !== undefined;
  }

  /** Trades a one-time token for a session. Throws 401 for a wrong, old or used one, and 429 after many wrong ones. */
  signIn(token: string): { secret: string; expiresAt: number } {
    const now = this.#clock.now();
    this.#wrong = this.#wrong.filter((at) => at > now - 60_000);
    if (this.#wrong.length >= WRONG_LIMIT)
      throw new AppError(429, 'Too many wrong sign-ins. Wait a minute.', { code: 'too_many_attempts', headers: { 'retry-after': '60' } });
    const secret = newSecret('');
    const expiresAt = now + SESSION_DAYS * DAY;
    const done = this.#db.transaction((tx) => {
      const used = tx
        .update(signInTokens)
        .set({ usedAt: now })
        .where(and(eq(signInTokens.tokenHash, hashSecret(token)), isNull(signInTokens.usedAt), gt(signInTokens.expiresAt, now)))
        .run();
      if (used.changes !== 1) return false;
      tx.delete(sessions)
        .where(sql`${sessions.expiresAt} <= ${now}`)
        .run();
      tx.insert(sessions)
        .values({
          id: newId(now),
          workspaceId: this.workspace.id,
          tokenHash: hashSecret(secret),
          userName: 'Owner',
          createdAt: now,
          expiresAt,
          lastUsedAt: now,
        })
        .run();
      return true;
    });
    if (!done) {
      this.#wrong.push(now);
      throw new AppError(401, 'This sign-in link is used up or too old. Run "modelwright sign-in-link" for a new one.', { code: 'sign_in_refused' });
    }
    return { secret, expiresAt };
  }

  signOut(sessionId: string): void {
    this.#db.delete(sessions).where(eq(sessions.id, sessionId)).run();
  }

  bySession(secret: string): Principal | null {
    const now = this.#clock.now();
    const row = this.#db
      .select()
      .from(sessions)
      .where(eq(sessions.tokenHash, hashSecret(secret)))
      .get();
    if (!row || row.expiresAt <= now) return null;
    if ((row.lastUsedAt ?? 0) < now - USED_EVERY) this.#db.update(sessions).set({ lastUsedAt: now }).where(eq(sessions.id, row.id)).run();
    return { kind: 'person', name: row.userName, workspaceId: row.workspaceId, sessionId: row.id };
  }

  byToken(secret: string): Principal | null {
    const now = this.#clock.now();
    const row = this.#db
      .select()
      .from(apiTokens)
      .where(eq(apiTokens.tokenHash, hashSecret(secret)))
      .get();
    if (!row) return null;
    if ((row.lastUsedAt ?? 0) < now - USED_EVERY) this.#db.update(apiTokens).set({ lastUsedAt: now }).where(eq(apiTokens.id, row.id)).run();
    return { kind: 'token', name: row.name, workspaceId: row.workspaceId, tokenId: row.id };
  }

  tokens(workspaceId: string): TokenView[] {
    return this.#db.select().from(apiTokens).where(eq(apiTokens.workspaceId, workspaceId)).orderBy(desc(apiTokens.createdAt)).all().map(tokenView);
  }

  /** The token itself is in this answer and nowhere else. */
  createToken(workspaceId: string, name: string): TokenView & { token: string } {
    const token = newSecret('mw_');
    const now = this.#clock.now();
    const row = { id: newId(now), workspaceId, name, prefix: token.slice(0, 9), tokenHash: hashSecret(token), createdAt: now, lastUsedAt: null };
    this.#db.insert(apiTokens).values(row).run();
    return { ...tokenView(row), token };
  }

  removeToken(workspaceId: string, id: string): void {
    const { changes } = this.#db
      .delete(apiTokens)
      .where(and(eq(apiTokens.workspaceId, workspaceId), eq(apiTokens.id, id)))
      .run();
    if (changes === 0) throw notFound('token', id);
  }
}

function tokenView(row: typeof apiTokens.$inferSelect): TokenView {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    createdAt: new Date(row.createdAt).toISOString(),
    lastUsedAt: row.lastUsedAt === null ? null : new Date(row.lastUsedAt).toISOString(),
  };
}
