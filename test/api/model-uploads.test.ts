import { TensorProto_DataLocation } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { readSignature } from '#nodes/kit/onnx/metadata.ts';
import { createOnnxRunner } from '#nodes/kit/onnx/session.server.ts';
import type { ModelInspection } from '#server/models/uploads.ts';
import type { ModelVersion } from '#server/models/views.ts';
import { changedFile, classifierFile, damagedFile, hungryFile, regressorFile } from '#test/support/onnx-files.ts';
import { startedServer } from '#test/support/server.ts';

const { client } = await startedServer();

const raw = (path: string, bytes: Uint8Array, name = 'model.onnx') =>
  client.request(path, { method: 'POST', headers: { 'content-type': 'application/octet-stream', 'x-file-name': name }, body: bytes as BodyInit });
const upload = async (bytes: Uint8Array, name?: string): Promise<string> => ((await (await raw('/files', bytes, name)).json()) as { id: string }).id;

describe('a model made elsewhere', () => {
  it('is registered by sending the file, with a signature that is read from it', async () => {
    const sent = await raw('/models/spam/versions', classifierFile(), 'my%20spam.onnx');
    expect([sent.status, await sent.json()]).toEqual([201, { name: 'spam', version: 1 }]);
    const version = await client.get<ModelVersion>('/models/spam/versions/1');
    expect(version).toMatchObject({
      source: 'upload',
      fileName: 'my spam.onnx',
      task: 'two-class',
      learner: 'imported',
      runId: null,
      signature: {
        inputs: [{ name: 'float_input_1', type: 'number' }, { name: 'float_input_2' }],
        outputs: [
          { name: 'Scored Labels', type: 'category' },
          { name: 'Scored Probabilities', type: 'number' },
        ],
        label: { levels: ['ham', 'spam'] },
      },
      checks: { opsets: { '': 21, 'ai.onnx.ml': 3 }, operators: { LinearClassifier: 1, ZipMap: 1 }, trial: { rowCount: 5 } },
    });
    expect((await client.get<{ items: unknown[] }>('/storage')).items).toBeDefined();
    const bytes = await client.bytes('/models/spam/versions/1/content');
    const scores = await createOnnxRunner({ threads: 1 }).apply(
      bytes,
      readSignature(bytes)!,
      new Map([
        ['float_input_1', Float64Array.of(9)],
        ['float_input_2', Float64Array.of(0)],
      ]),
      1,
    );
    expect(scores.get('Scored Labels')).toEqual(['spam']);
  });

  it('is deployed with the rows that it was tried on, and says that no run proves it', async () => {
    await client.post('/endpoints/spam/deployments', { source: { type: 'model', name: 'spam', version: 'latest' } });
    const { samples, deployments } = await client.get<{ samples: Record<string, number>[]; deployments: { proof: { rowCount: number } }[] }>('/endpoints/spam');
    const { checks } = await client.get<ModelVersion>('/models/spam/versions/1');
    const { rows, inputs, outputs } = checks!.trial!;
    expect(deployments[0]!.proof.rowCount).toBe(0);
    expect(samples).toEqual(rows.map((row) => Object.fromEntries(inputs.map((name, at) => [name, row[at]]))));
    const { results } = await client.post<{ results: Record<string, unknown>[] }>('/endpoints/spam/score', samples);
    expect(results.map((result) => outputs.map((name) => result[name]))).toEqual(rows.map((row) => row.slice(inputs.length)));
  });

  it('is looked through first, tried on rows, and read as people say', async () => {
    const file = await upload(regressorFile(), 'house.onnx');
    const seen = await client.post<ModelInspection>(`/files/${file}/inspect-model`, {});
    expect(seen).toMatchObject({ file, why: null, meaning: { task: 'regression', outputs: [{ meaning: 'score' }] }, trial: { rowCount: 5 } });
    const columns = ['area', 'rooms', 'age'].map((name) => ({ name, type: 'number', required: true }));
    const meaning = { ...seen.meaning, label: 'price', inputs: [{ tensor: 'x', columns }] };
    const tried = await client.post<ModelInspection>(`/files/${file}/inspect-model`, { meaning, rows: [{ area: 1, rooms: '2', age: 3 }] });
    expect(tried.trial).toMatchObject({ inputs: ['area', 'rooms', 'age'], outputs: ['Scored Labels'], rows: [[1, 2, 3, 321]] });
    const wrong = { ...meaning, inputs: [{ tensor: 'x', columns: columns.slice(1) }] };
    expect(await client.post<ModelInspection>(`/files/${file}/inspect-model`, { meaning: wrong })).toMatchObject({
      why: expect.stringContaining('takes 3 columns'),
      trial: null,
    });
    const refused = await client.request(`/files/${file}/register-model`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'house', meaning: wrong }),
    });
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([422, 'model_mismatch']);
    expect(await client.post(`/files/${file}/register-model`, { name: 'house', meaning, aliases: ['champion'], tags: { from: 'torch' } })).toEqual({
      name: 'house',
      version: 1,
    });
    expect(await client.get<ModelVersion>('/models/house/versions/champion')).toMatchObject({
      signature: { label: { name: 'price' }, inputs: [{ name: 'area' }, {}, {}] },
    });
    expect((await client.request(`/files/${file}`)).status).toBe(404);
  });

  it.each<[string, () => Uint8Array, RegExp]>([
    [
      'weights in another file',
      () => changedFile(regressorFile(), (model) => (model.graph!.initializer[0]!.dataLocation = TensorProto_DataLocation.EXTERNAL)),
      /another file/,
    ],
    ['operators of a library', () => changedFile(regressorFile(), (model) => (model.graph!.node[0]!.domain = 'com.acme')), /only its own library/],
    ['an operator that nobody knows', () => changedFile(regressorFile(), (model) => (model.graph!.node[0]!.opType = 'Frobnicate')), /Frobnicate/],
    ['a file that is cut off', () => classifierFile().slice(0, -40), /cut off|no ONNX/],
    ['a pickle', () => new TextEncoder().encode('\u0080\u0004csubprocess\ncall\n'), /no ONNX/],
    ['more memory than there is', hungryFile, /memory|allocat/i],
  ])('with %s is refused, and nothing of it is kept', async (_name, bytes, message) => {
    const answer = await raw('/models/bad/versions', bytes());
    const problem = (await answer.json()) as { detail: string };
    expect([answer.status, problem.detail]).toEqual([422, expect.stringMatching(message)]);
    expect((await client.request('/models/bad')).status).toBe(404);
  });

  it('gives nothing but an answer for damaged files', async () => {
    const good = classifierFile();
    for (let seed = 0; seed < 30; seed++) {
      const { status } = await raw('/models/damaged/versions', damagedFile(good, seed));
      expect([seed, [201, 422].includes(status)]).toEqual([seed, true]);
    }
  });
});
