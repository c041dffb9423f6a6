import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '#server/db/client.ts';
import type { Store } from '#server/store/store.ts';
import { isFinal, type RunEvent } from '#pipelines/events.ts';

/** What must hold of a data folder at rest, whatever happened to the server; gives what does not. */
export function brokenInvariants({ db, store, folder }: { db: Database; store: Store; folder: string }): string[] {
  const { $client } = db;
  const broken: string[] = [];
  const rows = <T>(sql: string): T[] => $client.prepare(sql).all() as T[];
  if (String($client.pragma('integrity_check', { simple: true })) !== 'ok') broken.push('integrity_check');
  if (($client.pragma('foreign_key_check') as unknown[]).length > 0) broken.push('foreign_key_check');
  for (const run of rows<{ id: string; number: number; status: string }>('SELECT id, number, status FROM runs')) {
    if (!isFinal(run.status as 'queued')) broken.push(`run ${run.number} has not ended`);
    broken.push(
      ...brokenHistory(run.number, run.status, rows<{ data: string; seq: number }>(`SELECT seq, data FROM run_events WHERE run_id = '${run.id}' ORDER BY seq`)),
    );
  }
  for (const step of rows<{ node: string; status: string }>(`SELECT node, status FROM steps`))
    if (!isFinal(step.status as 'queued')) broken.push(`step ${step.node} has not ended`);
  for (const { node } of rows<{ node: string }>('SELECT s.node FROM step_outputs o JOIN steps s ON s.id = o.step_id WHERE o.lease_no NOT IN (0, s.lease_no)'))
    broken.push(`output of an old lease: ${node}`);
  for (const { node } of rows<{ node: string }>(
    `SELECT node FROM steps s WHERE status IN ('succeeded', 'reused') AND NOT EXISTS (SELECT 1 FROM step_outputs o WHERE o.step_id = s.id)`,
  ))
    broken.push(`no output: ${node}`);
  for (const { hash, bytes } of rows<{ hash: string; bytes: number }>('SELECT hash, bytes FROM artifacts')) {
    const path = store.pathOf(hash);
    const content = existsSync(path) ? readFileSync(path) : null;
    if (!content || content.length !== bytes || createHash('sha256').update(content).digest('hex') !== hash) broken.push(`artifact ${hash.slice(0, 8)}`);
  }
  if (readdirSync(join(store.folder, 'incoming')).length > 0) broken.push('files left in incoming');
  if (readdirSync(join(folder, 'scratch')).length > 0) broken.push('scratch folders left');
  return broken;
}

function brokenHistory(run: number, status: string, rows: readonly { data: string; seq: number }[]): string[] {
  const broken: string[] = [];
  const last = new Map<string, string>();
  for (const [index, row] of rows.entries()) {
    const event = JSON.parse(row.data) as RunEvent;
    if (row.seq !== index + 1) broken.push(`run ${run}: gap before event ${row.seq}`);
    if (event.type !== 'run' && event.type !== 'step') continue;
    const what = event.type === 'run' ? 'run' : event.node;
    const before = last.get(what);
    if (before && isFinal(before as 'queued')) broken.push(`run ${run}: ${what} was ${before} and then ${event.status}`);
    last.set(what, event.status);
  }
  if (last.get('run') !== status) broken.push(`run ${run}: the events say ${last.get('run')}, the row ${status}`);
  return broken;
}
