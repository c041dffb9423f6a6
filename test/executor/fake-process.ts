// A step process for the executor's tests: speaks the protocol of server/executor/messages.ts and behaves as its step's parameters say.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { FromProcess, ProducedArtifact, StepSpec, ToProcess } from '#server/executor/messages.ts';
import type { Behaviour } from './test-nodes.ts';

const send = (message: FromProcess): void => void process.send!(message);
const cancelled = new Set<string>();
const tick = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function run(spec: StepSpec): Promise<void> {
  const id = spec.attemptId;
  const { value, behaviour, journal, gate, constant } = spec.params as {
    value: string;
    behaviour: Behaviour;
    journal: string;
    gate: string;
    constant: boolean;
  };
  if (journal) appendFileSync(journal, `${spec.node.id}\n`);
  if (behaviour === 'fail')
    return send({ type: 'failed', id, code: 'rows_none', message: 'There are no rows. Check the source.', param: 'value', cpuMilliseconds: 0 });
  if (behaviour === 'crash') process.kill(process.pid, 'SIGKILL');
  if (behaviour === 'crash-once' && !existsSync(gate)) {
    appendFileSync(gate, '');
    process.kill(process.pid, 'SIGKILL');
  }
  if (behaviour === 'fail-until-gate' && !existsSync(gate))
    return send({ type: 'failed', id, code: 'rows_none', message: 'There are no rows.', param: null, cpuMilliseconds: 0 });
  if (behaviour === 'deaf') {
    await new Promise((resolve) => process.send!({ type: 'log', id, level: 'info', message: 'I do not listen.' } satisfies FromProcess, resolve));
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  }
  if (behaviour === 'offspring') {
    spawn('sleep', ['1000'], { stdio: 'ignore' });
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  }
  if (behaviour === 'hoard') {
    const kept: Buffer[] = [];
    for (;;) {
      kept.push(Buffer.alloc(8 << 20, 1));
      await tick(1);
    }
  }
  if (behaviour === 'chatter') {
    for (let line = 0; line < 20_000; line++) send({ type: 'log', id, level: 'info', message: `line ${line}` });
    for (let step = 0; step < 5_000; step++) send({ type: 'progress', id, fraction: step / 5_000, message: '' });
  }
  if (behaviour === 'wait') writeFileSync(`${gate}.pid`, String(process.pid));
  while (behaviour === 'wait' && !existsSync(gate)) {
    if (cancelled.has(id)) return send({ type: 'cancelled', id });
    await tick(3);
  }
  const text = JSON.stringify(constant ? { constant: value } : { value, inputs: Object.values(spec.inputs).map(({ path }) => readFileSync(path, 'utf8')) });
  const path = join(spec.outputFolder, 'output.json');
  const file = openSync(path, 'w');
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  const output: ProducedArtifact = {
    port: 'out',
    kind: 'file',
    path,
    hash: createHash('sha256').update(text).digest('hex'),
    bytes: Buffer.byteLength(text),
    meta: { kind: 'file', name: spec.node.id },
  };
  send({ type: 'succeeded', id, outputs: [output], effects: [], peakBytes: process.memoryUsage.rss(), cpuMilliseconds: process.cpuUsage().user / 1_000 });
}

process.on('message', (message: ToProcess) => {
  if (message.type === 'cancel') return cancelled.add(message.id);
  send({ type: 'begun', id: message.type === 'run' ? message.spec.attemptId : message.id });
  if (message.type === 'run') void run(message.spec);
  else if (message.args === 'env') send({ type: 'finished', id: message.id, result: { env: process.env, cwd: process.cwd(), pid: process.pid } });
  else if (message.args === 'exit') process.exit(3);
  else if (message.args === 'fail') send({ type: 'failed', id: message.id, code: 'data_unparsable', message: 'Not a table.', param: null, cpuMilliseconds: 0 });
  else if (message.args !== 'never') send({ type: 'finished', id: message.id, result: message.args });
});
process.on('disconnect', () => process.exit(0));
send({ type: 'ready', pid: process.pid });
