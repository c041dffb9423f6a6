import { beforeAll, expect, it } from 'vitest';
import type { CommentThread } from '#server/assets/pipeline-comments.ts';
import { startedServer } from '#test/support/server.ts';

let pipeline: string;
const { client } = await startedServer();
beforeAll(async () => {
  const nodes = [{ id: 'enter', type: 'enter-data-manually', version: 1, params: { data: 'x\n1\n' } }];
  pipeline = (await client.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name: 'Talked about', nodes } })).id;
});

const threads = async (): Promise<readonly CommentThread[]> => (await client.get<{ items: CommentThread[] }>(`/pipelines/${pipeline}/comments`)).items;
const patch = (id: string, change: unknown, headers: Record<string, string> = {}) =>
  client.request(`/pipelines/${pipeline}/comments/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(change),
  });

it('a thread is begun, answered, settled, opened again by an answer, changed and deleted, and the pipeline keeps its revision', async () => {
  const { revision } = await client.get<{ revision: number }>(`/pipelines/${pipeline}`);
  const begun = await client.post<CommentThread>(`/pipelines/${pipeline}/comments`, { node: 'enter', text: '  Why these rows? ' });
  expect(begun).toMatchObject({ node: 'enter', author: 'Owner', text: 'Why these rows?', resolved: null, answers: [], editedAt: null });
  const answered = await client.post<CommentThread>(`/pipelines/${pipeline}/comments/${begun.id}/answers`, { text: 'They are all we have.' });
  expect(answered.answers.map(({ text }) => text)).toEqual(['They are all we have.']);

  expect((await patch(begun.id, { resolved: true })).status).toBe(200);
  expect((await threads())[0]!.resolved).toMatchObject({ by: 'Owner' });
  const again = await client.post<CommentThread>(`/pipelines/${pipeline}/comments/${begun.id}/answers`, { text: 'Are they?' });
  expect(again).toMatchObject({ resolved: null });
  expect(again.answers).toHaveLength(2);

  const last = again.answers[1]!.id;
  expect(((await (await patch(last, { text: 'Are they really?' })).json()) as CommentThread).answers[1]).toMatchObject({
    text: 'Are they really?',
    editedAt: expect.any(String),
  });
  expect((await client.request(`/pipelines/${pipeline}/comments/${last}`, { method: 'DELETE' })).status).toBe(204);
  expect((await threads())[0]!.answers).toHaveLength(1);
  expect((await client.get<{ revision: number }>(`/pipelines/${pipeline}`)).revision).toBe(revision);
  expect((await client.request(`/pipelines/${pipeline}/comments/${begun.id}`, { method: 'DELETE' })).status).toBe(204);
  expect(await threads()).toEqual([]);
});

it('who has the pipeline open hears of it', async () => {
  const stream = await client.request(`/pipelines/${pipeline}/events?client=0123456789`);
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let heard = '';
  const until = async (words: string): Promise<void> => {
    while (!heard.includes(words)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`The stream ended before ${words}.`);
      heard += value;
    }
  };
  await until('event: saved');
  await client.post(`/pipelines/${pipeline}/comments`, { node: 'enter', text: 'Look here' });
  await until('event: comments');
  await reader.cancel();
});

it('another person’s words stay as they are, though anyone may answer and settle', async () => {
  const [thread] = await threads();
  const { token } = await client.post<{ token: string }>('/tokens', { name: 'A program' });
  const headers = { authorization: `Bearer ${token}`, cookie: '' };
  const asProgram = await patch(thread!.id, { text: 'Something else' }, headers);
  expect(asProgram.status).toBe(403);
  expect(await asProgram.json()).toMatchObject({ code: 'not_allowed', detail: 'Only who wrote a comment can change or delete it.' });
  expect((await patch(thread!.id, { resolved: true }, headers)).status).toBe(200);
  expect((await threads())[0]).toMatchObject({ text: 'Look here', resolved: { by: 'A program' } });
});

it('refuses what is empty, too long, or about nothing that exists', async () => {
  const say = (body: unknown, path = `/pipelines/${pipeline}/comments`) =>
    client.request(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  expect((await say({ node: 'enter', text: '   ' })).status).toBe(422);
  expect((await say({ node: 'enter', text: 'x'.repeat(5_001) })).status).toBe(422);
  expect((await say({ node: 'enter', text: 'x' }, '/pipelines/none/comments')).status).toBe(404);
  expect((await say({ text: 'x' }, `/pipelines/${pipeline}/comments/none/answers`)).status).toBe(404);
  expect((await patch('none', { resolved: true })).status).toBe(404);
});
