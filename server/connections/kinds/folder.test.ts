import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NodeError } from '#nodes/kit/issues.ts';
import type { OpenConnection } from '../kind.ts';
import { folder } from './folder.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'modelwright-folder-')));
const allowed = join(base, 'allowed');
const root = join(allowed, 'data');
const secret = join(base, 'secret.csv');
let connection: OpenConnection;

const open = (path: string, allowedFolders: readonly string[] = [allowed]): Promise<OpenConnection> =>
  folder.open({ folder: path }, {}, { signal: new AbortController().signal, allowedHosts: [], allowedFolders });
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'allowed',
    (error: unknown) => (error instanceof NodeError ? error.code : String(error)),
  );
async function* chunks(...texts: string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

beforeAll(async () => {
  mkdirSync(join(root, 'sub'), { recursive: true });
  writeFileSync(secret, 'secret');
  writeFileSync(join(root, 'a.csv'), 'a\n1\n');
  writeFileSync(join(root, 'sub/b.csv'), 'b\n2\n');
  writeFileSync(join(root, '.hidden'), '');
  symlinkSync(secret, join(root, 'out.csv'));
  symlinkSync(base, join(root, 'up'));
  symlinkSync('a.csv', join(root, 'in.csv'));
  symlinkSync(base, join(allowed, 'away'));
  symlinkSync(root, join(base, 'link'));
  execFileSync('mkfifo', [join(root, 'pipe')]);
  connection = await open(root);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('which folders', () => {
  it.each(['/etc', base, '/', join(allowed, '..'), join(allowed, 'away'), `${allowed}-not`, join(allowed, 'gone'), 'relative', ''])(
    'refuses %s',
    async (path) => expect(await codeOf(open(path))).toBe('connection_refused'),
  );

  it('allows nothing by default, and a link to an allowed folder', async () => {
    expect(await codeOf(open(root, []))).toBe('connection_refused');
    expect(await codeOf(open(join(base, 'link')))).toBe('allowed');
  });
});

describe('what is in it', () => {
  it('is listed without what leads out or is no file', async () => {
    expect((await connection.list('')).map(({ path, type, bytes }) => ({ path, type, bytes }))).toEqual([
      { path: 'a.csv', type: 'file', bytes: 4 },
      { path: 'in.csv', type: 'file', bytes: 4 },
      { path: 'sub', type: 'folder', bytes: undefined },
    ]);
    expect((await connection.list('sub')).map(({ path }) => path)).toEqual(['sub/b.csv']);
    expect(await connection.test()).toBe('The folder can be read: 2 files and 1 folder.');
  });

  it('is read', async () => {
    expect(await textOf(await connection.files!.read('sub/b.csv'))).toBe('b\n2\n');
    expect(await textOf(await connection.files!.read('in.csv'))).toBe('a\n1\n');
  });

  it.each(['out.csv', 'up/secret.csv', '../../secret.csv', 'sub/../../../secret.csv', '..\\secret.csv', 'a.csv\0.txt'])('refuses to read %s', async (path) => {
    expect(await codeOf(connection.files!.read(path))).toBe('connection_refused');
    expect(await codeOf(connection.files!.state(path))).toBe('connection_refused');
  });

  it.each(['gone.csv', 'sub', 'pipe', ''])('fails to read %s, and does not hang', async (path) =>
    expect(await codeOf(connection.files!.read(path))).toBe('connection_failed'),
  );

  it('tells when a file has changed', async () => {
    const before = await connection.files!.state('a.csv');
    expect(await connection.files!.state('a.csv')).toBe(before);
    writeFileSync(join(root, 'sub/c.csv'), 'c');
    const first = await connection.files!.state('sub/c.csv');
    writeFileSync(join(root, 'sub/c.csv'), 'changed');
    expect(await connection.files!.state('sub/c.csv')).not.toBe(first);
    rmSync(join(root, 'sub/c.csv'));
  });
});

describe('writing', () => {
  const write = (path: string, content: AsyncIterable<Uint8Array> = chunks('x\n', '1\n')): Promise<void> => connection.files!.write!(path, content, 4);

  it('makes folders and replaces files', async () => {
    await write('new/deep/x.csv');
    await write('new/deep/x.csv', chunks('other'));
    expect(readFileSync(join(root, 'new/deep/x.csv'), 'utf8')).toBe('other');
    expect(readdirSync(join(root, 'new/deep'))).toEqual(['x.csv']);
  });

  it.each(['../x.csv', 'up/x.csv', 'away/../../x.csv'])('refuses to write %s', async (path) => expect(await codeOf(write(path))).toBe('connection_refused'));

  it('replaces a link instead of following it', async () => {
    await write('out.csv');
    expect([readFileSync(secret, 'utf8'), readFileSync(join(root, 'out.csv'), 'utf8')]).toEqual(['secret', 'x\n1\n']);
  });

  it('leaves nothing of a file that breaks off', async () => {
    async function* broken(): AsyncIterable<Uint8Array> {
      yield Buffer.from('a');
      throw new Error('broke off');
    }
    await expect(write('new/broken.csv', broken())).rejects.toThrow('broke off');
    expect(readdirSync(join(root, 'new'))).toEqual(['deep']);
  });
});
