import { describe, expect, it } from 'vitest';
import { NodeError } from '#nodes/kit/issues.ts';
import type { OpenConnection } from '../kind.ts';
import { piecesOf } from '../s3/write-object.ts';
import { s3 } from './s3.ts';

const open = (settings: object = {}): Promise<OpenConnection> =>
  s3.open(
    s3.settings.parse({ endpoint: 'http://127.0.0.1:9', bucket: 'data', accessKeyId: 'id', ...settings }),
    { secretAccessKey: 'secret' },
    {
      signal: new AbortController().signal,
      allowedHosts: [],
      allowedFolders: [],
    },
  );
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'allowed',
    (error: unknown) => (error instanceof NodeError ? error.code : String(error)),
  );
async function* chunks(...sizes: number[]): AsyncIterable<Uint8Array> {
  for (const [index, size] of sizes.entries()) yield Buffer.alloc(size, index + 1);
}

describe('addresses', () => {
  it.each(['http://127.0.0.1:9', 'http://[::1]:9', 'http://169.254.169.254', 'http://localhost:9', 'https://10.0.0.1'])(
    'refuses %s unless it is allowed',
    async (endpoint) => expect(await codeOf(open({ endpoint }).then((connection) => connection.test()))).toBe('connection_refused'),
  );

  it.each(['http://me:pw@example.org', 'file:///etc', ''])('refuses %s', async (endpoint) =>
    expect(await codeOf(open({ endpoint }))).toBe('connection_refused'),
  );

  it.each(['', 'a/b', '..//', 'a b', 'x@169.254.169.254'])('takes no bucket of the name %j', async (bucket) =>
    expect(await codeOf(open({ bucket, pathStyle: false }))).toBe('parameter_invalid'),
  );

  it.each(['../other/a.csv', 'a/../../b.csv', 'a\\b'])('does not leave its prefix by %s', async (path) =>
    expect(await codeOf((async () => (await open({ prefix: 'team' })).files!.read(path))())).toBe('connection_refused'),
  );
});

describe('pieces of a stream', () => {
  it.each([
    [[], []],
    [[3], [3]],
    [[4], [4]],
    [[9], [4, 4, 1]],
    [
      [1, 1, 1, 1, 1],
      [4, 1],
    ],
    [
      [2, 7, 3],
      [4, 4, 4],
    ],
  ])('%j become %j', async (sizes, wanted) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of piecesOf(chunks(...sizes), 4)) pieces.push(piece);
    expect(pieces.map(({ length }) => length)).toEqual(wanted);
    expect(Buffer.concat(pieces)).toEqual(Buffer.concat(sizes.map((size, index) => Buffer.alloc(size, index + 1))));
  });
});
