import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request, type ClientRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { FilePreview, UploadedFile } from '#server/assets/files.ts';
import { newId } from '#server/db/ids.ts';
import { ManualClock } from '#server/scheduler/clock.ts';
import { clientAt, type Client } from '#test/support/client.ts';
import { startProcess, type ServerProcess } from '#test/support/server-process.ts';
import { startedServer } from '#test/support/server.ts';

const MEGABYTE = 2 ** 20;
const DAY = 24 * 3_600_000;
const clock = new ManualClock(Date.now());
const { server, client } = await startedServer({ clock, environment: { uploadBytes: 8 * MEGABYTE } });

const tus = { 'tus-resumable': '1.0.0' };
const metadata = (name: string): string => `filename ${Buffer.from(name).toString('base64')},filetype dGV4dC9jc3Y=`;
const begin = (length: number, name = 'rows.csv', who = client): Promise<Response> =>
  who.request('/uploads', { method: 'POST', headers: { ...tus, 'upload-length': String(length), 'upload-metadata': metadata(name) } });
const placeOf = (answer: Response): string => answer.headers.get('location')!.replace('/api/v1', '');
const begun = async (length: number, name?: string, who = client): Promise<string> => {
  const answer = await begin(length, name, who);
  expect(answer.status).toBe(201);
  return placeOf(answer);
};
const piece = (offset: number) => ({ ...tus, 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) });
const append = (place: string, offset: number, body: Uint8Array<ArrayBuffer> | string, headers: Record<string, string> = {}, who = client): Promise<Response> =>
  who.request(place, { method: 'PATCH', headers: { ...piece(offset), ...headers }, body });
const head = (place: string, who = client): Promise<Response> => who.request(place, { method: 'HEAD', headers: tus });
const offsetOf = async (place: string, who = client): Promise<number> => Number((await head(place, who)).headers.get('upload-offset'));
const codeOf = async (answer: Response): Promise<[number, string]> => [answer.status, ((await answer.json()) as { code: string }).code];
const unfinished = (): string[] => readdirSync(join(server.dataFolder, 'unfinished-uploads'));

/** Begins a piece, sends the first bytes of it, and leaves it open; comes back once the server has them on its disk. */
async function sendPart(place: string, offset: number, announced: number, part: Uint8Array, who: Client): Promise<ClientRequest> {
  const sending = request(`${who.url}/api/v1${place}`, {
    method: 'PATCH',
    headers: { ...who.headers, ...piece(offset), 'content-length': String(announced) },
  });
  sending.on('error', () => {});
  sending.write(part);
  while ((await offsetOf(place, who)) < offset + part.byteLength);
  return sending;
}

const finish = async (place: string, who = client): Promise<UploadedFile> => {
  const answer = await who.request(`${place}/file`, { method: 'POST' });
  expect(answer.status).toBe(201);
  return (await answer.json()) as UploadedFile;
};
/** The bytes that are kept of a file. */
const stored = (id: string): Buffer => {
  const { database, store } = server.running.services;
  return readFileSync(store.pathOf(database.$client.prepare<[string], string>('SELECT hash FROM files WHERE id = ?').pluck().get(id)!));
};

describe('an upload in pieces', () => {
  it('becomes a file of the same bytes, once, and leaves nothing else behind', async () => {
    const text = Buffer.from(`a,b\n${Array.from({ length: 500 }, (_, row) => `${row},x${row}`).join('\n')}\n`);
    const place = await begun(text.length, 'Grüße/rows.csv');
    expect((await append(place, 0, text.subarray(0, 1_000))).headers.get('upload-offset')).toBe('1000');
    expect(await codeOf(await client.request(`${place}/file`, { method: 'POST' }))).toEqual([409, 'upload_incomplete']);
    const last = await append(place, 1_000, text.subarray(1_000));
    expect([last.status, last.headers.get('tus-resumable')]).toEqual([204, '1.0.0']);
    expect(Date.parse(last.headers.get('upload-expires')!)).toBeGreaterThan(Date.now() + DAY - 60_000);
    const file = await finish(place);
    expect(file).toMatchObject({ name: 'rows.csv', bytes: text.length, notes: [] });
    expect(file.schema!.columns.map(({ name, type }) => [name, type])).toEqual([
      ['a', 'integer'],
      ['b', 'text'],
    ]);
    expect(stored(file.id).equals(text)).toBe(true);
    expect(await finish(place)).toEqual(file);
    expect((await head(place)).status).toBe(404);
    expect(unfinished()).toEqual([]);
    expect((await client.get<FilePreview>(`/files/${file.id}/preview`)).rows[499 % 100]).toEqual([99, 'x99']);
    expect((await client.request(`/files/${file.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await client.request(`/files/${file.id}`)).status).toBe(404);
  });

  it('says what the server can do', async () => {
    const answer = await client.request('/uploads', { method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    const said = ['tus-version', 'tus-extension', 'tus-max-size', 'tus-checksum-algorithm'].map((name) => answer.headers.get(name));
    expect(said).toEqual(['1.0.0', 'creation,expiration,termination,checksum', String(8 * MEGABYTE), 'sha1,sha256']);
  });

  it('goes on where a connection broke in the midst of a piece', async () => {
    const bytes = randomBytes(3 * MEGABYTE);
    const place = await begun(bytes.length, 'random.bin');
    const sending = await sendPart(place, 0, bytes.length, bytes.subarray(0, 2 * MEGABYTE), client);
    const closed = new Promise((done) => sending.once('close', done));
    sending.destroy();
    await closed;
    const offset = await offsetOf(place);
    expect(offset).toBe(2 * MEGABYTE);
    expect((await append(place, offset, bytes.subarray(offset))).status).toBe(204);
    const file = await finish(place);
    expect(file.schema).toBeNull();
    expect(stored(file.id).equals(bytes)).toBe(true);
  });

  it('refuses another offset, another type, another version, and tells where it is', async () => {
    const place = await begun(10);
    await append(place, 0, '12345');
    expect(await codeOf(await append(place, 0, '12345'))).toEqual([409, 'upload_offset']);
    expect(await codeOf(await append(place, 6, '7'))).toEqual([409, 'upload_offset']);
    expect((await append(place, 5, '678', { 'content-type': 'application/octet-stream' })).status).toBe(415);
    const old = await client.request(place, { method: 'PATCH', headers: { ...piece(5), 'tus-resumable': '0.2.2' }, body: '6' });
    expect([old.status, old.headers.get('tus-version')]).toEqual([412, '1.0.0']);
    for (const wrong of ['-1', '1e3', '', '5.0']) expect((await append(place, 5, '6', { 'upload-offset': wrong })).status).toBe(400);
    expect(await offsetOf(place)).toBe(5);
    expect((await client.request(place, { method: 'DELETE', headers: tus })).status).toBe(204);
    expect((await append(place, 5, '6')).status).toBe(404);
  });

  it('refuses what is too long, empty or without a name before it takes up room', async () => {
    expect(await codeOf(await begin(8 * MEGABYTE + 1))).toEqual([413, 'too_large']);
    expect(await codeOf(await begin(0))).toEqual([400, 'data_empty']);
    expect(await codeOf(await begin(5, '\u0007'))).toEqual([400, 'file_name_invalid']);
    const place = await begun(10);
    expect(await codeOf(await append(place, 0, '12345678901'))).toEqual([413, 'upload_too_long']);
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Buffer.from('123456'));
        controller.enqueue(Buffer.from('789012'));
        controller.close();
      },
    });
    const unannounced = await client.request(place, { method: 'PATCH', headers: piece(0), body: stream, duplex: 'half' } as RequestInit);
    expect(unannounced.status).toBe(413);
    expect(await offsetOf(place)).toBe(0);
    await client.request(place, { method: 'DELETE', headers: tus });
    expect(unfinished()).toEqual([]);
  });

  it('keeps a piece only when its checksum is right', async () => {
    const place = await begun(6);
    const sum = (text: string, name: string): string => `${name} ${createHash(name).update(text).digest('base64')}`;
    expect(await codeOf(await append(place, 0, 'abc', { 'upload-checksum': sum('abd', 'sha1') }))).toEqual([460, 'upload_damaged']);
    expect(await offsetOf(place)).toBe(0);
    expect((await append(place, 0, 'abc', { 'upload-checksum': sum('abc', 'sha1') })).status).toBe(204);
    expect((await append(place, 3, 'def', { 'upload-checksum': sum('def', 'sha256') })).status).toBe(204);
    expect((await append(place, 6, '', { 'upload-checksum': 'crc32 AAAA' })).status).toBe(400);
    expect(stored((await finish(place)).id).toString()).toBe('abcdef');
  });
});

describe('two who write at once', () => {
  it('never mix: the later one goes on where the earlier one stopped', async () => {
    const bytes = randomBytes(2 * MEGABYTE);
    const place = await begun(bytes.length, 'both.bin');
    const first = await sendPart(place, 0, bytes.length, bytes.subarray(0, MEGABYTE), client);
    const refused = new Promise<number>((done) => {
      first.on('response', (answer) => done(answer.statusCode!));
      first.on('close', () => done(0));
    });
    expect(await codeOf(await append(place, 5, bytes.subarray(5, 10)))).toEqual([409, 'upload_offset']);
    expect((await append(place, MEGABYTE, bytes.subarray(MEGABYTE))).status).toBe(204);
    first.end(bytes.subarray(MEGABYTE));
    expect([0, 409]).toContain(await refused);
    expect(stored((await finish(place)).id).equals(bytes)).toBe(true);
  });

  it('of many with the same offset one is taken', async () => {
    const place = await begun(100);
    const answers = await Promise.all(Array.from({ length: 8 }, (_, at) => append(place, 0, String(at).repeat(100))));
    const taken = answers.filter(({ status }) => status === 204);
    expect([taken.length, answers.filter(({ status }) => status === 409).length]).toEqual([1, 7]);
    expect(stored((await finish(place)).id).toString()).toMatch(/^(\d)\1{99}$/);
  });
});

describe('whose an upload is', () => {
  it('of another workspace is not there, and strangers get nothing', async () => {
    const place = await begun(4);
    const { $client } = server.running.services.database;
    const elsewhere = newId();
    $client.prepare('INSERT INTO workspaces (id, name, created_at) VALUES (?, ?, 0)').run(elsewhere, 'Elsewhere');
    const here = $client.prepare<[], string>('SELECT workspace_id FROM sessions').pluck().get()!;
    const anywhere = await client.request('/uploads/..%2F..%2Fstore', { method: 'HEAD', headers: tus });
    expect(anywhere.status).toBe(404);
    $client.prepare('UPDATE sessions SET workspace_id = ?').run(elsewhere);
    try {
      expect((await head(place)).status).toBe(404);
      expect((await append(place, 0, 'abcd')).status).toBe(404);
      expect((await client.request(place, { method: 'DELETE', headers: tus })).status).toBe(404);
      expect((await client.request(`${place}/file`, { method: 'POST' })).status).toBe(404);
    } finally {
      $client.prepare('UPDATE sessions SET workspace_id = ?').run(here);
    }
    expect((await fetch(`${server.url}/api/v1${place}`, { method: 'HEAD', headers: tus })).status).toBe(401);
    expect(await offsetOf(place)).toBe(0);
  });

  it('nobody goes on with is gone after a day', async () => {
    const place = await begun(4);
    await append(place, 0, 'ab');
    clock.turnBy(DAY - 60_000 + (Date.now() - clock.now()));
    expect(await offsetOf(place)).toBe(2);
    clock.turnBy(120_000);
    expect((await head(place)).status).toBe(404);
    expect((await append(place, 2, 'cd')).status).toBe(404);
    await server.running.services.resumableUploads.sweep();
    expect(unfinished()).toEqual([]);
  });
});

describe('a server that is killed', () => {
  let dataFolder: string;
  const started: ServerProcess[] = [];
  const start = async (): Promise<ServerProcess> => {
    const each = await startProcess(dataFolder);
    started.push(each);
    return each;
  };
  afterEach(async () => {
    for (const each of started) each.send('SIGKILL');
    await Promise.all(started.map(({ ended }) => ended));
    rmSync(dataFolder, { recursive: true, force: true });
  });

  it('goes on with what came', async () => {
    dataFolder = mkdtempSync(join(tmpdir(), 'modelwright-test-'));
    const text = Buffer.from(`n\n${Array.from({ length: 300_000 }, (_, row) => row).join('\n')}\n`);
    const before = await start();
    const who = await before.signIn();
    const place = await begun(text.length, 'n.csv', who);
    await sendPart(place, 0, text.length, text.subarray(0, MEGABYTE), who);
    before.send('SIGKILL');
    await before.ended;
    const after = await start();
    const again = clientAt(after.url, who.headers);
    const offset = await offsetOf(place, again);
    expect(offset).toBeGreaterThanOrEqual(MEGABYTE);
    expect(offset).toBeLessThan(text.length);
    expect((await append(place, offset, text.subarray(offset), {}, again)).status).toBe(204);
    const { id } = await finish(place, again);
    expect((await again.get<FilePreview>(`/files/${id}/preview`)).rowCount).toBe(300_000);
  });
});
