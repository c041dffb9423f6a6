import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { journalOf, stepOf, testServer } from './harness.ts';
import { check } from './invariants.ts';
import { outputsOf } from './random-pipelines.ts';
import { pipelineOf } from './test-nodes.ts';

const SIGNALS = ['SIGKILL', 'SIGSEGV', 'SIGABRT', 'SIGTERM', 'SIGKILL', 'SIGBUS', 'SIGKILL', 'SIGILL', 'SIGKILL', 'SIGKILL'] as const;

/** Waits until something has written the file; gives what is in it, and removes it. */
async function taken(path: string): Promise<string> {
  while (!existsSync(path) || readFileSync(path, 'utf8') === '') await sleep(5);
  const content = readFileSync(path, 'utf8');
  rmSync(path);
  return content;
}

test('ten steps whose processes are killed, each at another point, are begun again once and give what they always give', async () => {
  const server = await testServer({ slots: 1, warm: 1 });
  const journal = join(server.folder, 'journal');
  const gateOf = (index: number): string => join(server.folder, `gate-${index}`);
  const document = pipelineOf(
    Object.fromEntries(
      SIGNALS.map((_, index) => [`n${index}`, { from: index === 0 ? [] : [`n${index - 1}`], params: { journal, behaviour: 'wait', gate: gateOf(index) } }]),
    ),
  );
  const pipeline = server.save(document);
  const { id } = await server.start(pipeline);
  for (const [index, signal] of SIGNALS.entries()) {
    const pid = Number(await taken(`${gateOf(index)}.pid`));
    // A little later each time; the last ones just as the step goes on.
    await sleep(index * 3);
    const goesOn = index >= 8;
    if (goesOn) writeFileSync(gateOf(index), '');
    process.kill(pid, signal);
    if (goesOn) continue;
    await taken(`${gateOf(index)}.pid`);
    writeFileSync(gateOf(index), '');
  }
  const run = await server.finish(id);
  expect(run.status).toBe('succeeded');
  for (const [index] of SIGNALS.entries()) {
    const { attempt } = stepOf(run, `n${index}`);
    if (index < 8) expect(attempt).toBe(2);
    expect(journalOf(journal).filter((node) => node === `n${index}`)).toHaveLength(attempt);
  }
  expect(server.errors).toEqual([]);
  await server.leave();
  const outputs = new Map(outputsOf(pipeline, document));
  expect(await check(server.folder, [{ key: 'one', run: id }], { runs: 'ended', outputs, secrets: 'absent', readyAfter: 'absent' })).toEqual([]);
});
