import { expect, it } from 'vitest';
import { classifierFile, damagedFile, endlessFile } from '#test/support/onnx-files.ts';
import { startedServer } from '#test/support/server.ts';

const { client } = await startedServer();

const send = (name: string, bytes: Uint8Array) =>
  client.request(`/models/${name}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'x-file-name': 'model.onnx' },
    body: bytes as BodyInit,
  });

it('answers for 1,000 damaged models, and stays up', { timeout: 600_000 }, async () => {
  const good = classifierFile(['a', 'b', 'c'], 5);
  const counts = new Map<number, number>();
  for (let seed = 0; seed < 1_000; seed += 4) {
    const answers = await Promise.all([0, 1, 2, 3].map((more) => send('damaged', damagedFile(good, seed + more))));
    for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  expect([...counts.keys()].filter((status) => status !== 201 && status !== 422)).toEqual([]);
  expect([...counts.values()].reduce((sum, each) => sum + each, 0)).toBe(1_000);
  expect((await send('sound', good)).status).toBe(201);
});

it('ends the process of a model that never ends, while others are answered', { timeout: 120_000 }, async () => {
  const answer = send('endless', endlessFile());
  let open = true;
  void answer.finally(() => (open = false));
  let answered = 0;
  while (open) {
    await client.get('/models');
    answered += 1;
  }
  expect(answered).toBeGreaterThan(10);
  expect((await answer).status).toBe(422);
  expect(await (await answer).json()).toMatchObject({ code: 'time_exhausted' });
});
