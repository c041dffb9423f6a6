import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openDatabase } from '#server/db/client.ts';
import { check, processesIn, type Call } from '#test/executor/invariants.ts';
import { Random, seedOf } from '#test/executor/random.ts';
import type { Client } from '#test/support/client.ts';
import { startProcess, type ServerProcess } from '#test/support/server-process.ts';

const MINUTES = Number(process.env.MODELWRIGHT_CHAOS_MINUTES ?? 2);
const CANARY = 'canary-8b1f6c02';
const ENVIRONMENT = { MODELWRIGHT_SLOTS: '2', SOME_API_TOKEN: CANARY };

/** A pipeline of real nodes whose rows nobody else has; a part of it takes a while. */
function pipelineOf(number: number) {
  const query = (id: string, script: string) => ({ id, type: 'apply-sql-transformation', version: 1, params: { script } });
  const rows = Array.from({ length: 50 }, (_, row) => `${row},${(row * (number + 3)) % 17}`).join('\n');
  return {
    formatVersion: 1,
    name: `Chaos ${number}`,
    policy: { retries: 2, retryDelaySeconds: 0.1, crashRetries: 20 },
    nodes: [
      { id: 'table', type: 'enter-data-manually', version: 1, params: { data: `k,v\n${rows}\n` } },
      query('sums', 'SELECT v, count(*) AS n, sum(k) AS total FROM t1 GROUP BY v ORDER BY v'),
      query('slow', `SELECT k, v, v + ${number} AS w, (SELECT count(*) FROM range(20000000) WHERE hash(range) % 7 = 0) AS c FROM t1 ORDER BY k`),
      query('last', 'SELECT t1.v, t1.total, t2.w FROM t1 JOIN t2 ON t1.v = t2.v ORDER BY ALL'),
    ],
    edges: [
      { from: { node: 'table', port: 'data' }, to: { node: 'sums', port: 't1' } },
      { from: { node: 'table', port: 'data' }, to: { node: 'slow', port: 't1' } },
      { from: { node: 'sums', port: 'data' }, to: { node: 'last', port: 't1' } },
      { from: { node: 'slow', port: 'data' }, to: { node: 'last', port: 't2' } },
    ],
  };
}

class Chaos {
  readonly folder = mkdtempSync(join(tmpdir(), 'modelwright-chaos-'));
  readonly calls: Call[] = [];
  readonly readyAfter: number[] = [];
  readonly done: Record<string, number> = {};
  readonly outputs = new Map<string, string>();
  pipelines: string[] = [];
  server!: ServerProcess;
  #session!: Client;
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  get cookie(): string {
    return this.#session.headers.cookie!.split('=')[1]!;
  }

  request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string> | undefined), cookie: this.#session.headers.cookie!, origin: this.server.url };
    return fetch(`${this.server.url}/api/v1${path}`, { ...init, headers });
  }

  /** Pipelines, each with one undisturbed run that says what is right. */
  async begin(): Promise<void> {
    this.server = await startProcess(this.folder, ENVIRONMENT);
    this.#session = await this.server.signIn();
    for (let number = 0; number < 4; number++) {
      const { id } = await this.#session.post<{ id: string }>('/pipelines', { document: pipelineOf(number) });
      this.pipelines.push(id);
      await this.call(id, { force: true });
      const { run } = this.calls.at(-1)!;
      await (await this.request(`/runs/${run}/events`)).text();
      const { steps } = (await (await this.request(`/runs/${run}`)).json()) as { steps: { node: string; error: unknown; outputs: { hash: string }[] }[] };
      expect(steps.flatMap(({ error }) => error ?? [])).toEqual([]);
      for (const { node, outputs } of steps) this.outputs.set(`${id}/${node}`, outputs[0]!.hash);
    }
  }

  /** Asks for a run; with a key that got no answer before, if there is one. */
  async call(pipeline: string, body: Record<string, unknown>): Promise<void> {
    const key = `call ${this.calls.length}`;
    const index = this.calls.push({ key, run: null }) - 1;
    try {
      const init = { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': key }, body: JSON.stringify(body) };
      for (let tries = 0; tries < 2; tries++) {
        const answer = await this.request(`/pipelines/${pipeline}/runs`, init);
        expect(answer.status).toBe(202);
        const { id } = (await answer.json()) as { id: string };
        const before = this.calls[index]!.run;
        if (before !== null) expect(id).toBe(before);
        this.calls[index] = { key, run: id };
        // What a client does that is not sure: the same again.
        if (this.#random.chance(0.7)) break;
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }

  async fault(): Promise<void> {
    const what = this.#random.pick([
      'call',
      'call',
      'call',
      'call',
      'worker',
      'worker',
      'cancel',
      'damage',
      'damage',
      'kill',
      'kill while asked',
      'stop',
    ] as const);
    this.done[what] = (this.done[what] ?? 0) + 1;
    if (what === 'call') await this.call(this.#random.pick(this.pipelines), { force: this.#random.chance(0.6) });
    else if (what === 'worker') this.#killWorker();
    else if (what === 'cancel') await this.#cancel();
    else if (what === 'damage') this.#damage();
    else if (what === 'stop') await this.restart('SIGTERM');
    else if (what === 'kill') await this.restart('SIGKILL');
    else {
      const asked = Promise.all([this.call(this.#random.pick(this.pipelines), { force: true }), this.call(this.#random.pick(this.pipelines), {})]);
      await sleep(this.#random.below(20));
      this.server.send('SIGKILL');
      await asked;
      await this.restart('SIGKILL');
    }
    await sleep(this.#random.below(400));
  }

  #killWorker(): void {
    const workers = processesIn(join(this.folder, 'processes'));
    if (workers.length > 0) process.kill(this.#random.pick(workers), 'SIGKILL');
  }

  async #cancel(): Promise<void> {
    const { run } = this.calls.at(-1)!;
    if (run) expect((await this.request(`/runs/${run}/cancel`, { method: 'POST' })).ok).toBe(true);
  }

  /** Spoils a result that later runs would reuse. */
  #damage(): void {
    const hash = this.#random.pick([...this.outputs.values()]);
    const path = join(this.folder, 'store', hash.slice(0, 2), hash.slice(2));
    if (!existsSync(path)) return;
    const how = this.#random.below(3);
    if (how === 0) rmSync(path);
    else if (how === 1) truncateSync(path, 10);
    else {
      const content = readFileSync(path);
      content[this.#random.below(content.length)]! ^= 255;
      writeFileSync(path, content);
    }
  }

  async restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.server.send(signal);
    const how = await this.server.ended;
    expect(how).toBe(signal === 'SIGTERM' ? 0 : 'SIGKILL');
    this.server = await startProcess(this.folder, ENVIRONMENT);
    this.readyAfter.push(this.server.readyAfter);
  }

  /** Lets everything end, and makes once more what was damaged. */
  async conclude(): Promise<void> {
    for (const { run } of this.calls) if (run) await (await this.request(`/runs/${run}/events`)).text();
    for (const pipeline of this.pipelines) {
      await this.call(pipeline, { force: true });
      const answer = await this.request(`/runs/${this.calls.at(-1)!.run}/events`);
      expect(await answer.text()).toContain('"succeeded"');
    }
    this.server.send('SIGTERM');
    expect(await this.server.ended).toBe(0);
  }
}

test(`${MINUTES} minutes of kills, cancels, damage and calls at random leave nothing that should not be`, async () => {
  const chaos = new Chaos(seedOf('chaos'));
  try {
    await chaos.begin();
    for (const until = Date.now() + MINUTES * 60_000; Date.now() < until;) await chaos.fault();
    await chaos.conclude();
    const db = openDatabase(join(chaos.folder, 'modelwright.sqlite'));
    const ends = db.$client.prepare('SELECT status, count(*) AS runs FROM runs GROUP BY status').all();
    db.$client.close();
    console.log(JSON.stringify({ done: chaos.done, ends, slowestReady: Math.round(Math.max(0, ...chaos.readyAfter)) }));
    const secrets = [CANARY, chaos.cookie];
    const { outputs, calls, readyAfter } = chaos;
    expect(await check(chaos.folder, calls, { runs: 'ended', outputs, secrets, readyAfter })).toEqual([]);
    expect(readdirSync(join(chaos.folder, 'store', 'incoming'))).toEqual([]);
    rmSync(chaos.folder, { recursive: true, force: true });
  } finally {
    chaos.server?.send('SIGKILL');
  }
});
