import { describe, expect, it } from 'vitest';
import { emptyDocument, type PipelineDocument } from '#pipelines/document.ts';
import type { Pipeline } from '../../api-types.ts';
import { createApi } from '../../api.ts';
import { Autosave } from './autosave.svelte.ts';

const node = (id: string, params: Record<string, unknown> = {}) => ({ id, type: 'split-data', version: 1, name: '', comment: '', params });
const pipelineOf = (document: PipelineDocument, revision: number): Pipeline => ({
  id: 'p1',
  name: document.name,
  description: '',
  kind: 'training',
  revision,
  document,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  trainingPipelineId: null,
});

/** A server of one pipeline behind the fetch boundary, with the rules of the API. */
function serverOf(document: PipelineDocument) {
  const state = { document, revision: 1, online: true, puts: 0, loseAnswer: false };
  const fetcher: typeof fetch = async (_input, init) => {
    if (!state.online) throw new TypeError('Failed to fetch');
    if ((init?.method ?? 'GET') === 'GET') return Response.json(pipelineOf(state.document, state.revision));
    state.puts += 1;
    const match = new Headers(init?.headers).get('if-match');
    if (match !== `"${state.revision}"`) return Response.json(pipelineOf(state.document, state.revision), { status: 412 });
    state.document = (JSON.parse(String(init?.body)) as { document: PipelineDocument }).document;
    state.revision += 1;
    if (state.loseAnswer) {
      state.loseAnswer = false;
      throw new TypeError('Failed to fetch');
    }
    return Response.json({ revision: state.revision, updatedAt: '2026-01-01T00:00:01Z' });
  };
  return { state, api: createApi(fetcher) };
}

function editorOf(document: PipelineDocument) {
  const server = serverOf(document);
  const mine = { document };
  const save = new Autosave({
    api: server.api,
    pipeline: pipelineOf(document, 1),
    current: () => mine.document,
    adopt: ({ document: joined }) => void (mine.document = joined),
    delay: 5,
    retry: 5,
  });
  const edit = (change: (document: PipelineDocument) => PipelineDocument): void => {
    mine.document = change(mine.document);
    save.changed();
  };
  return { server, mine, save, edit };
}

const base: PipelineDocument = { ...emptyDocument('Churn'), nodes: [node('a', { fraction: 0.7 }), node('b')] };

describe('Autosave', () => {
  it('saves over the revision that it came from and counts on', async () => {
    const { server, save, edit } = editorOf(base);
    edit((document) => ({ ...document, name: 'Churn 2' }));
    expect(save.state).toBe('changed');
    await save.flush();
    expect(save.state).toBe('saved');
    expect(server.state.document.name).toBe('Churn 2');
    edit((document) => ({ ...document, name: 'Churn 3' }));
    await save.flush();
    expect([save.revision, server.state.document.name]).toEqual([3, 'Churn 3']);
  });

  it('joins what another saved in other places, without asking', async () => {
    const { server, save, edit } = editorOf(base);
    server.state.document = { ...base, nodes: [node('a', { fraction: 0.7 }), node('b', { seed: 7 })] };
    server.state.revision = 5;
    edit((document) => ({ ...document, nodes: [node('a', { fraction: 0.8 }), ...document.nodes.slice(1), node('c')] }));
    await save.flush();
    await save.flush();
    expect([save.state, save.revision, save.conflicts.length]).toEqual(['saved', 6, 0]);
    const saved = Object.fromEntries(server.state.document.nodes.map((each) => [each.id, each.params]));
    expect(saved).toEqual({ a: { fraction: 0.8 }, b: { seed: 7 }, c: {} });
  });

  it('asks where both changed the same field, keeps the edits meanwhile, and saves what was chosen', async () => {
    for (const side of ['mine', 'theirs'] as const) {
      const { server, mine, save, edit } = editorOf(base);
      server.state.document = { ...base, name: 'Theirs', nodes: [node('a', { fraction: 0.5 }), node('b')] };
      server.state.revision = 2;
      edit((document) => ({ ...document, nodes: [node('a', { fraction: 0.8 }), node('b')] }));
      await save.flush();
      expect([save.state, mine.document.nodes[0]!.params]).toEqual(['conflict', { fraction: 0.8 }]);
      expect(save.conflicts).toMatchObject([{ path: ['nodes', 'a', 'params', 'fraction'], mine: 0.8, theirs: 0.5 }]);
      await save.settle();
      expect(save.state).toBe('conflict');
      edit((document) => ({ ...document, description: 'Typed meanwhile' }));
      save.choose(save.conflicts[0]!, side);
      await save.settle();
      expect([save.state, server.state.document.name, server.state.document.description]).toEqual(['saved', 'Theirs', 'Typed meanwhile']);
      expect(server.state.document.nodes[0]!.params).toEqual({ fraction: side === 'mine' ? 0.8 : 0.5 });
    }
  });

  it('takes one side for all that is not decided', async () => {
    const { server, mine, save, edit } = editorOf(base);
    server.state.document = { ...base, name: 'Theirs', nodes: [node('a', { fraction: 0.5 }), node('b')] };
    server.state.revision = 2;
    edit((document) => ({ ...document, name: 'Mine', nodes: [node('a', { fraction: 0.8 }), node('b')] }));
    await save.flush();
    expect(save.conflicts).toHaveLength(2);
    await save.settle('theirs');
    expect([mine.document.name, save.state, save.revision]).toEqual(['Theirs', 'saved', 2]);
  });

  it('takes in what another saved as soon as it hears of it, also while nothing changes here', async () => {
    const { server, mine, save } = editorOf(base);
    server.state.document = { ...base, name: 'Theirs' };
    server.state.revision = 2;
    await save.heard(2);
    expect([mine.document.name, save.state, save.revision, server.state.puts]).toEqual(['Theirs', 'saved', 2, 0]);
    await save.heard(2);
    expect(server.state.puts).toBe(0);
  });

  it('knows its own save again when the answer was lost', async () => {
    const { server, mine, save, edit } = editorOf(base);
    server.state.loseAnswer = true;
    edit((document) => ({ ...document, nodes: [...document.nodes, node('c', { fraction: 1 })] }));
    await save.flush();
    expect(save.state).toBe('offline');
    edit((document) => ({ ...document, nodes: [...document.nodes.slice(0, 2), node('c', { fraction: 2 })] }));
    await save.flush();
    await save.flush();
    expect([save.state, save.conflicts.length]).toEqual(['saved', 0]);
    expect(mine.document.nodes.map((each) => each.id)).toEqual(['a', 'b', 'c']);
    expect(server.state.document.nodes[2]!.params).toEqual({ fraction: 2 });
  });

  it('keeps trying while the server is away', async () => {
    const { server, save, edit } = editorOf(base);
    server.state.online = false;
    edit((document) => ({ ...document, name: 'Offline' }));
    await save.flush();
    expect(save.state).toBe('offline');
    server.state.online = true;
    await save.flush();
    expect([save.state, server.state.document.name]).toEqual(['saved', 'Offline']);
    save.stop();
  });
});
