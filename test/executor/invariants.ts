import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { openDatabase, type Database } from '#server/db/client.ts';
import { lockDataFolder } from '#server/db/lock.ts';
import { RESULT_LOST } from '#server/executor/step-changes.ts';
import { Store } from '#server/store/store.ts';
import { NAMED_HASHES } from '#server/store/sweep.ts';
import { isFinal, type RunEvent, type Status } from '#pipelines/events.ts';

/** A request for a run, as its sender saw it: the run that it was told, or null when no answer came. A repeated request is one call. */
export interface Call {
  readonly key: string;
  readonly run: string | null;
}

/** What a test knows beyond the data folder. What does not apply to it is `absent`. */
export interface Expected {
  /** I2: whether all runs have ended, or only none is over its deadline. */
  readonly runs: 'ended' | 'in time';
  /** I6: `pipeline id/node` → hash of its output in an undisturbed run. Of other pipelines nothing is said. */
  readonly outputs: ReadonlyMap<string, string> | 'absent';
  /** I10: texts that no file may hold. */
  readonly secrets: readonly string[] | 'absent';
  /** I11: milliseconds from each fault to the next answer that the server is ready. */
  readonly readyAfter: readonly number[] | 'absent';
}

const HOUR = 3_600_000;
const READY_MILLISECONDS = 5_000;
/** A machine with much to do is slow to end what was killed; what is gone costs no wait. */
const GONE_MILLISECONDS = 60_000;

/**
 * What every fault test ends with, for a data folder whose server has stopped; gives what does not hold.
 *
 * I1 every acknowledged request has one run, every other at most one · I2 runs have ended or are in time · I3 a final status never changed ·
 * I4 one publication a step, by its highest lease · I5 every artifact has its file, every file belongs to someone · I6 outputs are those of an
 * undisturbed run · I7 one run a slot of a schedule · I8 the database is sound · I9 nothing is left: process, lock, port, scratch folder ·
 * I10 no secret in any file · I11 ready soon after each fault.
 *
 * @param goneWithin For so many milliseconds processes whose server was killed may end by themselves.
 */
export async function check(folder: string, calls: readonly Call[] | 'absent', expected: Expected, goneWithin: number = GONE_MILLISECONDS): Promise<string[]> {
  const broken = await leftovers(folder, goneWithin);
  const db = openDatabase(join(folder, 'modelwright.sqlite'));
  try {
    broken.push(...brokenInvariants({ db, store: new Store(join(folder, 'store')), folder }, expected.runs));
    if (calls !== 'absent') broken.push(...brokenCalls(db, calls));
    if (expected.outputs !== 'absent') broken.push(...brokenOutputs(db, expected.outputs));
  } finally {
    db.$client.close();
  }
  if (expected.secrets !== 'absent') broken.push(...leaks(folder, expected.secrets));
  if (expected.readyAfter !== 'absent')
    broken.push(...expected.readyAfter.filter((each) => each > READY_MILLISECONDS).map((each) => `I11 ready only ${Math.round(each)} ms after a fault`));
  return broken;
}

/** What must hold of a data folder at rest, whatever happened to the server: I2 to I5, I7, I8. Its server may be up, with nothing to do. */
export function brokenInvariants({ db, store, folder }: { db: Database; store: Store; folder: string }, runs: Expected['runs'] = 'ended'): string[] {
  const { $client } = db;
  const broken: string[] = [];
  const rows = <T>(sql: string): T[] => $client.prepare(sql).all() as T[];
  const none = (what: string, sql: string): void => void broken.push(...($client.prepare(sql).pluck().all() as unknown[]).map((each) => `${what}: ${each}`));

  for (const run of rows<{ id: string; number: number; status: Status; deadline: number }>('SELECT id, number, status, deadline FROM runs')) {
    if (!isFinal(run.status) && (runs === 'ended' || run.deadline < Date.now())) broken.push(`I2 run ${run.number} has not ended`);
    broken.push(
      ...brokenHistory(run.number, run.status, rows<{ data: string; seq: number }>(`SELECT seq, data FROM run_events WHERE run_id = '${run.id}' ORDER BY seq`)),
    );
  }
  none(
    'I2 step has not ended',
    `SELECT s.node FROM steps s JOIN runs r ON r.id = s.run_id WHERE s.status IN ('queued', 'running', 'cancelling') AND r.status NOT IN ('queued', 'running', 'cancelling')`,
  );
  none('I4 output of an old lease', 'SELECT s.node FROM step_outputs o JOIN steps s ON s.id = o.step_id WHERE o.lease_no NOT IN (0, s.lease_no)');
  none('I4 output without success', `SELECT s.node FROM step_outputs o JOIN steps s ON s.id = o.step_id WHERE s.status NOT IN ('succeeded', 'reused')`);
  none(
    'I4 success without output',
    `SELECT node FROM steps s WHERE status IN ('succeeded', 'reused') AND NOT EXISTS (SELECT 1 FROM step_outputs o WHERE o.step_id = s.id)`,
  );
  broken.push(...brokenFiles(db, store));
  none('I7 two runs of one slot', 'SELECT started_by_id FROM runs WHERE scheduled_for IS NOT NULL GROUP BY started_by_id, scheduled_for HAVING count(*) > 1');
  if (String($client.pragma('integrity_check', { simple: true })) !== 'ok') broken.push('I8 integrity_check');
  if (($client.pragma('foreign_key_check') as unknown[]).length > 0) broken.push('I8 foreign_key_check');
  if (runs === 'ended') for (const place of ['scratch', 'store/incoming']) if (entriesOf(join(folder, place)).length > 0) broken.push(`I9 left in ${place}`);
  return broken;
}

function brokenHistory(run: number, status: string, rows: readonly { data: string; seq: number }[]): string[] {
  const broken: string[] = [];
  const last = new Map<string, Status>();
  for (const [index, row] of rows.entries()) {
    const event = JSON.parse(row.data) as RunEvent;
    if (row.seq !== index + 1) broken.push(`I3 run ${run}: gap before event ${row.seq}`);
    if (event.type !== 'run' && event.type !== 'step') continue;
    const what = event.type === 'run' ? 'run' : event.node;
    const before = last.get(what);
    if (before && isFinal(before) && !isLost(event, before)) broken.push(`I3 run ${run}: ${what} was ${before} and then ${event.status}`);
    last.set(what, event.status);
  }
  if (last.get('run') !== status) broken.push(`I3 run ${run}: the events say ${last.get('run')}, the row ${status}`);
  return broken;
}

/** The one way out of an end: a result that was damaged before it was used is made again, and the event says so. */
const isLost = (event: RunEvent, before: Status): boolean =>
  event.type === 'step' && event.status === 'queued' && event.reason === RESULT_LOST && (before === 'succeeded' || before === 'reused');

function brokenFiles({ $client }: Database, store: Store): string[] {
  const broken: string[] = [];
  for (const { hash, bytes } of $client.prepare('SELECT hash, bytes FROM artifacts').all() as { hash: string; bytes: number }[]) {
    const path = store.pathOf(hash);
    const content = existsSync(path) && lstatSync(path).isFile() ? readFileSync(path) : null;
    if (!content || content.length !== bytes || createHash('sha256').update(content).digest('hex') !== hash) broken.push(`I5 artifact ${hash.slice(0, 8)}`);
  }
  const named = new Set($client.prepare<[], string>(NAMED_HASHES).pluck().all());
  for (const prefix of readdirSync(store.folder)) {
    if (prefix === 'incoming' || prefix === 'quarantine') continue;
    for (const rest of readdirSync(join(store.folder, prefix))) {
      // What no row names, a sweep removes, provided that it is a file with such a name.
      const swept = /^[0-9a-f]{64}$/.test(prefix + rest) && lstatSync(join(store.folder, prefix, rest)).isFile();
      if (!swept && !named.has(prefix + rest)) broken.push(`I5 a file of nobody: ${prefix}/${rest}`);
    }
  }
  const incoming = join(store.folder, 'incoming');
  for (const name of entriesOf(incoming)) if (Date.now() - lstatSync(join(incoming, name)).mtimeMs > HOUR) broken.push(`I5 left in incoming: ${name}`);
  return broken;
}

function brokenCalls({ $client }: Database, calls: readonly Call[]): string[] {
  const ids = new Set($client.prepare<[], string>('SELECT id FROM runs').pluck().all());
  const ofKey = $client.prepare<[string], string>('SELECT run_id FROM idempotency_keys WHERE key = ?').pluck();
  const told = new Set<string>();
  const broken: string[] = [];
  let unanswered = 0;
  for (const { key, run } of calls) {
    if (run === null) {
      unanswered += 1;
      continue;
    }
    if (told.has(run)) broken.push(`I1 run ${run} was told to two callers`);
    told.add(run);
    if (!ids.has(run)) broken.push(`I1 the run of ${key} was acknowledged and is gone`);
    if (ofKey.all(key).some((other) => other !== run)) broken.push(`I1 ${key} has another run`);
  }
  const more = [...ids].filter((id) => !told.has(id)).length;
  if (more > unanswered) broken.push(`I1 ${more} runs that nobody was told of, and only ${unanswered} calls without an answer`);
  return broken;
}

function brokenOutputs({ $client }: Database, outputs: ReadonlyMap<string, string>): string[] {
  const pipelines = new Set([...outputs.keys()].map((each) => each.split('/')[0]));
  const made = $client
    .prepare('SELECT s.pipeline_id AS pipeline, s.run_number AS run, s.node, o.hash FROM step_outputs o JOIN steps s ON s.id = o.step_id')
    .all() as {
    pipeline: string;
    run: number;
    node: string;
    hash: string;
  }[];
  return made
    .filter(({ pipeline, node, hash }) => pipelines.has(pipeline) && outputs.get(`${pipeline}/${node}`) !== hash)
    .map(({ run, node }) => `I6 run ${run}: ${node} gave something else`);
}

/** I9: what a server that has ended left behind. */
async function leftovers(folder: string, goneWithin: number): Promise<string[]> {
  const broken: string[] = [];
  const until = Date.now() + goneWithin;
  while (processesIn(folder).length > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  broken.push(...processesIn(folder).map((pid) => `I9 process ${pid} is left`));
  try {
    lockDataFolder(folder).release();
  } catch (error) {
    broken.push(`I9 ${error instanceof Error ? error.message : String(error)}`);
  }
  const note = join(folder, 'server.url');
  if (existsSync(note) && (await answers(new URL(readFileSync(note, 'utf8'))))) broken.push('I9 the port is still open');
  if (entriesOf(join(folder, 'processes')).length > 0) broken.push('I9 left in processes');
  return broken;
}

const entriesOf = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** Processes other than this one whose working directory lies in the folder. */
export function processesIn(folder: string): number[] {
  return entriesOf('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      return readlinkSync(`/proc/${name}/cwd`).startsWith(`${folder}/`) ? Number(name) : [];
    } catch {
      return [];
    }
  });
}

const answers = ({ hostname, port }: URL): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ''));
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });

function leaks(folder: string, secrets: readonly string[]): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return files.flatMap(({ parentPath, name }) => {
    const content = readFileSync(join(parentPath, name));
    return secrets.filter((secret) => content.includes(secret)).map((secret) => `I10 ${name} holds "${secret.slice(0, 6)}…"`);
  });
}
