import { describe, expect, it } from 'vitest';
import { finishedRun } from '#test/support/client.ts';
import { startedServer } from '#test/support/server.ts';

interface Version {
  id: string;
  name: string | null;
  description: string;
  by: string;
  revision: number;
  nodeCount: number;
  runCount: number;
  current: boolean;
  lastRun: { number: number; status: string } | null;
}
interface Pipeline {
  id: string;
  revision: number;
  document: { name: string; nodes: { id: string; params: Record<string, unknown> }[] };
}

const { client } = await startedServer();

const documentOf = (name: string, text: string) => ({
  formatVersion: 1,
  name,
  nodes: [{ id: 'enter', type: 'enter-data-manually', version: 1, params: { data: text } }],
});
const create = (document: unknown) => client.post<Pipeline>('/pipelines', { document });
const put = (id: string, revision: number, document: unknown) =>
  client.request(`/pipelines/${id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', 'if-match': `"${revision}"` },
    body: JSON.stringify({ document }),
  });
const send = (method: string, path: string, body?: unknown) =>
  client.request(path, { method, headers: { 'content-type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) });
const versions = async (id: string, query = '') => client.get<{ items: Version[]; nextCursor: string | null }>(`/pipelines/${id}/versions${query}`);

describe('versions', () => {
  it('names what is saved, keeps what runs ran, and gives each back', async () => {
    const { id } = await create(documentOf('First', 'x\n1\n'));
    expect((await versions(id)).items).toEqual([]);
    const named = await client.post<Version>(`/pipelines/${id}/versions`, { name: ' Baseline ', description: 'Before tuning', revision: 1 });
    expect(named).toMatchObject({ name: 'Baseline', description: 'Before tuning', by: 'Owner', revision: 1, nodeCount: 1, runCount: 0, current: true });

    await put(id, 1, documentOf('First', 'x\n2\n'));
    const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`)).id);
    const { items } = await versions(id);
    expect(items).toMatchObject([
      { name: null, runCount: 1, lastRun: { number: run.number, status: 'succeeded' }, current: true, by: 'Owner' },
      { name: 'Baseline', runCount: 0, current: false },
    ]);
    const old = await client.get<{ document: Pipeline['document'] }>(`/pipelines/${id}/versions/${named.id}`);
    expect(old.document.nodes[0]!.params).toEqual({ data: 'x\n1\n' });
    const clone = await client.post<Pipeline>(`/pipelines/${id}/versions/${named.id}/clone`);
    expect(clone.document).toMatchObject({ name: 'First (Baseline)', nodes: old.document.nodes });
    const file = await client.request(`/pipelines/${id}/versions/${named.id}/export`);
    expect(JSON.parse(await file.text())).toMatchObject({ name: 'First' });
  });

  it('an equal state is one version, whoever keeps it', async () => {
    const { id } = await create(documentOf('Same', 'x\n1\n'));
    await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`)).id);
    const named = await client.post<Version>(`/pipelines/${id}/versions`, { name: 'One' });
    const again = await client.post<Version>(`/pipelines/${id}/versions`, { name: 'Two' });
    expect(again.id).toBe(named.id);
    expect((await versions(id)).items).toMatchObject([{ name: 'Two', runCount: 1 }]);
    await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`)).id);
    expect((await versions(id)).items).toMatchObject([{ name: 'Two', runCount: 2 }]);
  });

  it('renames, and takes a name away: with runs the version stays, else it is gone', async () => {
    const { id } = await create(documentOf('Names', 'x\n1\n'));
    const first = await client.post<Version>(`/pipelines/${id}/versions`, { name: 'Alone' });
    expect(await (await send('PATCH', `/pipelines/${id}/versions/${first.id}`, { name: 'Other' })).json()).toMatchObject({ name: 'Other' });
    expect((await send('DELETE', `/pipelines/${id}/versions/${first.id}`)).status).toBe(204);
    expect((await versions(id)).items).toEqual([]);
    expect((await send('DELETE', `/pipelines/${id}/versions/${first.id}`)).status).toBe(404);

    await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`)).id);
    const [held] = (await versions(id)).items;
    await send('PATCH', `/pipelines/${id}/versions/${held!.id}`, { name: 'Held', description: 'why' });
    expect((await send('DELETE', `/pipelines/${id}/versions/${held!.id}`)).status).toBe(204);
    expect((await versions(id)).items).toMatchObject([{ id: held!.id, name: null, description: '', runCount: 1 }]);
  });

  it('pages', async () => {
    const { id, revision } = await create(documentOf('Paged', 'x\n0\n'));
    for (let index = 0; index < 5; index++) {
      await put(id, revision + index, documentOf('Paged', `x\n${index + 1}\n`));
      await client.post<Version>(`/pipelines/${id}/versions`, { name: `Version ${index}` });
    }
    const names: (string | null)[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: Version[]; nextCursor: string | null } = await versions(id, `?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      names.push(...page.items.map((item) => item.name));
      cursor = page.nextCursor;
    } while (cursor);
    expect(names).toEqual([4, 3, 2, 1, 0].map((index) => `Version ${index}`));
  });

  it('refuses what has changed since, what is no name, and what is elsewhere', async () => {
    const { id } = await create(documentOf('Refused', 'x\n1\n'));
    const other = await create(documentOf('Elsewhere', 'x\n1\n'));
    const named = await client.post<Version>(`/pipelines/${id}/versions`, { name: 'Here' });
    expect((await send('POST', `/pipelines/${id}/versions`, { name: 'Late', revision: 7 })).status).toBe(412);
    expect((await send('POST', `/pipelines/${id}/versions`, { name: '  ' })).status).toBe(422);
    expect((await send('GET', `/pipelines/${other.id}/versions/${named.id}`)).status).toBe(404);
    expect((await send('GET', `/pipelines/none/versions`)).status).toBe(404);
    expect((await send('POST', `/pipelines/${other.id}/versions/${named.id}/clone`)).status).toBe(404);
  });
});

/** Events of an SSE stream, one by one. */
async function* eventsOf(response: Response): AsyncGenerator<{ event: string; data: Record<string, unknown> }> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data !== undefined) yield { event: /^event: (.*)$/m.exec(block)?.[1] ?? '', data: JSON.parse(data) as Record<string, unknown> };
    }
  }
}

describe('presence', () => {
  it('tells who is there and where, what is saved, and who hung up', async () => {
    const { id } = await create(documentOf('Shared', 'x\n1\n'));
    const open = async (tab: string, signal?: AbortSignal) => {
      const events = eventsOf(await client.request(`/pipelines/${id}/events?client=${tab}`, { signal }));
      return async () => (await events.next()).value as { event: string; data: Record<string, unknown> };
    };
    const closing = new AbortController();
    const first = await open('client-one');
    expect((await first()).data).toEqual({ type: 'people', people: [{ client: 'client-one', name: 'Owner', node: null }] });
    expect((await first()).data).toEqual({ type: 'saved', revision: 1, by: '' });
    await open('client-two', closing.signal);
    expect((await first()).data).toMatchObject({ people: [{ client: 'client-one' }, { client: 'client-two', name: 'Owner 2' }] });
    expect((await send('POST', `/pipelines/${id}/presence`, { client: 'client-two', node: 'enter' })).status).toBe(204);
    expect((await first()).data).toMatchObject({ people: [{ node: null }, { node: 'enter' }] });
    await put(id, 1, documentOf('Shared', 'x\n2\n'));
    expect(await first()).toEqual({ event: 'saved', data: { type: 'saved', revision: 2, by: 'Owner' } });
    closing.abort();
    expect((await first()).data).toMatchObject({ people: [{ client: 'client-one' }] });
    expect((await send('DELETE', `/pipelines/${id}`)).status).toBe(204);
    expect((await first()).event).toBe('removed');
  });

  it('refuses odd tabs and unknown pipelines', async () => {
    const { id } = await create(documentOf('Odd', 'x\n1\n'));
    expect((await client.request(`/pipelines/${id}/events?client=a b`)).status).toBe(400);
    expect((await client.request('/pipelines/none/events?client=client-one')).status).toBe(404);
    expect((await send('POST', `/pipelines/${id}/presence`, { client: 'never-joined', node: null })).status).toBe(204);
  });
});

describe('the script', () => {
  it('is Python under the name of the pipeline, also of what has no translation', async () => {
    const { id } = await create({
      ...documentOf('Preise "heute"', 'x\n1\n'),
      nodes: [...documentOf('', 'x\n1\n').nodes, { id: 'odd', type: 'of-a-plugin', version: 3, params: { depth: 1 } }],
    });
    const answer = await client.request(`/pipelines/${id}/script`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/x-python; charset=utf-8']);
    expect(answer.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''Preise%20%22heute%22.py");
    const code = await answer.text();
    expect(code).toContain('enter = pd.read_csv(');
    expect(code).toContain('raise NotImplementedError("of-a-plugin has no translation to Python yet")');
  });
});
