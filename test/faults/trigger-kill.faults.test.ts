import { expect, test } from 'vitest';
import { rmSync } from 'node:fs';
import { temporaryFolder } from '#test/executor/harness.ts';
import { signIn } from '#test/support/client.ts';
import { startProcess } from '#test/support/server-process.ts';

const ROUNDS = 12;

test('a call whose server is killed at any moment gives one run when it is sent again', async () => {
  const folder = temporaryFolder();
  let server = await startProcess(folder);
  const client = await signIn(server.url, server.signInLink!);
  const document = { formatVersion: 1, name: 'Called', nodes: [{ id: 'a', type: 'enter-data-manually', version: 1, params: { data: 'x\n1\n' } }] };
  const { id: pipelineId } = await client.post<{ id: string }>('/pipelines', { document });
  const { id, token } = await client.post<{ id: string; token: string }>('/pipeline-endpoints', { name: 'Called', pipelineId });
  const { token: apiToken } = await client.post<{ token: string }>('/tokens', { name: 'reads' });
  const call = (key: string) =>
    fetch(`${server.url}/api/v1/pipeline-endpoints/${id}/runs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: '{}',
    });
  const accepted = new Map<string, string>();
  for (let round = 0; round < ROUNDS; round++) {
    const key = `round-${round}`;
    const asked = call(key).then(
      async (answer) => ((await answer.json()) as { id: string }).id,
      () => null,
    );
    // Later in each round: before the request is read, in the middle, and after the answer.
    await new Promise((done) => setTimeout(done, round * 2));
    server.send('SIGKILL');
    await server.ended;
    const first = await asked;
    server = await startProcess(folder);
    const again = await call(key);
    expect(again.status).toBe(202);
    const { id: run } = (await again.json()) as { id: string };
    if (first !== null) expect(run).toBe(first);
    accepted.set(key, run);
  }
  const listed = await fetch(`${server.url}/api/v1/runs?pipeline=${pipelineId}&limit=200`, { headers: { authorization: `Bearer ${apiToken}` } });
  const { items } = (await listed.json()) as { items: { id: string }[] };
  expect(items.map((run) => run.id).toSorted()).toEqual([...accepted.values()].toSorted());
  server.send('SIGTERM');
  await server.ended;
  rmSync(folder, { recursive: true, force: true });
});
