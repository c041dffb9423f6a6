import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openDatabase } from '#server/db/client.ts';
import { forgetOldKeys } from '#server/executor/old-keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('keys that are older than two days are forgotten, however many, and younger ones kept', async () => {
  const db = openDatabase(join(folder, 'modelwright.sqlite'));
  db.$client.pragma('foreign_keys = OFF');
  const now = 10 * 86_400_000;
  const add = db.$client.prepare("INSERT INTO idempotency_keys (workspace_id, scope, key, request_hash, run_id, created_at) VALUES ('w', 's', ?, 'h', 'r', ?)");
  for (let at = 0; at < 1_234; at++) add.run(`old ${at}`, now - 2 * 86_400_000 - 1 - at);
  for (let at = 0; at < 3; at++) add.run(`young ${at}`, now - 2 * 86_400_000 + at);
  expect(await forgetOldKeys(db, now)).toBe(1_234);
  expect(db.$client.prepare('SELECT key FROM idempotency_keys ORDER BY key').pluck().all()).toEqual(['young 0', 'young 1', 'young 2']);
  expect(await forgetOldKeys(db, now)).toBe(0);
  db.$client.close();
});
