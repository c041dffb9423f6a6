import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NodeError } from '#nodes/kit/issues.ts';
import type { OpenConnection } from '#server/connections/kind.ts';
import { s3 } from '#server/connections/kinds/s3.ts';

interface Started {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

let child: ChildProcess;
let started: Started;

beforeAll(async () => {
  const interpreter = process.env.MODELWRIGHT_PYTHON;
  if (!interpreter) throw new Error('MODELWRIGHT_PYTHON is not set: run these tests by `npm run test:interop`.');
  child = spawn(interpreter, [join(import.meta.dirname, 's3_server.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  started = JSON.parse(line) as Started;
}, 60_000);
afterAll(async () => {
  const ended = once(child, 'exit');
  child.stdin!.end();
  await ended;
});

const open = (settings: object = {}, secret = started.secretAccessKey): Promise<OpenConnection> =>
  s3.open(
    s3.settings.parse({ endpoint: started.endpoint, bucket: 'data', accessKeyId: started.accessKeyId, ...settings }),
    { secretAccessKey: secret },
    {
      signal: new AbortController().signal,
      allowedHosts: [new URL(started.endpoint).host],
      allowedFolders: [],
    },
  );
async function* bytesOf(...pieces: (string | Uint8Array)[]): AsyncIterable<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
}
async function contentOf(connection: OpenConnection, path: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await connection.files!.read(path)) pieces.push(piece);
  return Buffer.concat(pieces);
}
const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'went well',
    (error: unknown) => (error instanceof NodeError ? `${error.code}: ${error.message}` : String(error)),
  );

describe('a bucket', () => {
  const odd = 'odd/a b+c%20&é(1)!.csv';

  it('takes files and gives them back', async () => {
    const connection = await open();
    expect(await connection.test()).toBe('The bucket “data” can be read.');
    await connection.files!.write!('a.csv', bytesOf('a\n', '1\n'), 4);
    await connection.files!.write!(odd, bytesOf('odd'), 3);
    await connection.files!.write!('empty.csv', bytesOf(), 0);
    expect([await contentOf(connection, 'a.csv'), await contentOf(connection, odd), await contentOf(connection, 'empty.csv')].map(String)).toEqual([
      'a\n1\n',
      'odd',
      '',
    ]);
    const before = await connection.files!.state('a.csv');
    await connection.files!.write!('a.csv', bytesOf('other'), 5);
    expect(await connection.files!.state('a.csv')).not.toBe(before);
  });

  it('is listed page by page, below its prefix', async () => {
    const connection = await open({ prefix: '/many/' });
    const names = Array.from({ length: 8 }, (_, index) => `file-${index}.csv`);
    for (const name of [...names, 'sub/one.csv']) await connection.files!.write!(name, bytesOf('x'), 1);
    expect((await connection.list('')).map(({ path, type, bytes }) => [path, type, bytes])).toEqual([
      ...names.map((name) => [name, 'file', 1]),
      ['sub', 'folder', undefined],
    ]);
    expect((await connection.list('sub')).map(({ path }) => path)).toEqual(['sub/one.csv']);
    expect((await (await open()).list('odd')).map(({ path }) => path)).toEqual([odd]);
  });

  it('takes a large file in parts', async () => {
    const connection = await open();
    const megabytes = Array.from({ length: 19 }, (_, index) => Buffer.alloc(2 ** 20, index + 1));
    await connection.files!.write!('large.bin', bytesOf(...megabytes), 19 * 2 ** 20);
    expect((await contentOf(connection, 'large.bin')).equals(Buffer.concat(megabytes))).toBe(true);
  });

  it('has nothing of a large file that broke off', async () => {
    const connection = await open({ prefix: 'broken' });
    async function* broken(): AsyncIterable<Uint8Array> {
      for (let index = 0; index < 9; index++) yield Buffer.alloc(2 ** 20);
      throw new Error('broke off');
    }
    await expect(connection.files!.write!('large.bin', broken(), 19 * 2 ** 20)).rejects.toThrow('broke off');
    expect(await connection.list('')).toEqual([]);
  });

  it('says what is wrong', async () => {
    expect(await failure((await open()).files!.read('gone.csv'))).toMatch(/^connection_failed: .* answered 404 for “gone.csv”: NoSuchKey/);
    expect(await failure((await open({ bucket: 'gone' })).test())).toMatch(/^connection_failed: .* answered 404 for the bucket “gone”: NoSuchBucket/);
    expect(await failure((await open({}, 'wrong')).test())).toMatch(/^connection_failed: .* answered 403 .*SignatureDoesNotMatch/);
  });
});
