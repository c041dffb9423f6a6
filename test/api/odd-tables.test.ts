import { describe, expect, it } from 'vitest';
import type { TableProfile } from '#server/executor/messages.ts';
import { contentOf, profileOf, rowsOf, throughChain, throughWideChain, upload } from '../support/table-chain.ts';
import { startedServer } from '../support/server.ts';

const { client } = await startedServer();

describe('a cell of 10 MB', () => {
  const long = 'long '.repeat(2 * 2 ** 20);

  it('is kept whole, shown cut with a mark, described, and downloaded whole', async () => {
    const hash = await upload(client, 'long', `a,b\n${long}x,1\nshort,2\n`);
    expect(await rowsOf(client, hash)).toEqual([
      [`${long.slice(0, 2_000)}…`, 1],
      ['short', 2],
    ]);
    const [{ lengths, top, distinct }] = (await profileOf(client, hash)).columns as [TableProfile['columns'][number]];
    expect({ distinct, longest: lengths!.maximum, shortest: lengths!.minimum }).toEqual({ distinct: 2, longest: long.length + 1, shortest: 5 });
    expect(Math.max(...top!.map(({ value }) => value.length))).toBeLessThanOrEqual(201);
    const { file } = await throughChain(client, 'long', { mode: 'names', names: ['b', 'a'] });
    // Compared without their common middle, so that a failure can be read.
    const brief = (text: string): string => text.replaceAll(long, '<long>');
    expect(brief(await contentOf(client, `/artifacts/${file}/content`))).toBe('b,a\r\n-1.0,<long>x\r\n1.0,short\r\n');
    expect(brief(await contentOf(client, `/artifacts/${hash}/content?format=csv`))).toBe('a,b\r\n<long>x,1\r\nshort,2\r\n');
  });
});

describe('names that objects, SQL and people find odd', () => {
  const names = ['__proto__', 'constructor', 'a "b", it\'s', '😀', 'line\nbreak', 'select', '%s $1 \\n', '<img src=x>'];

  it('go through dataset, profile, choice, scaling and file', async () => {
    const quoted = names.map((name) => `"${name.replaceAll('"', '""')}"`).join(',');
    const hash = await upload(client, 'names', `${quoted}\n${names.map((_, at) => at).join(',')}\n${names.map((_, at) => at + 2).join(',')}\n`);
    expect((await profileOf(client, hash)).columns.map(({ name, mean }) => [name, mean])).toEqual(names.map((name, at) => [name, at + 1]));
    const { normalized, file } = await throughChain(client, 'names', { mode: 'names', names: names.toReversed() });
    expect((await profileOf(client, normalized)).columns.map(({ name }) => name)).toEqual(names.toReversed());
    expect(await rowsOf(client, normalized)).toEqual([names.map(() => -1), names.map(() => 1)]);
    const written = await contentOf(client, `/artifacts/${file}/content`);
    const again = await upload(client, 'names-again', written);
    expect((await profileOf(client, again)).columns.map(({ name }) => name)).toEqual(names.toReversed());
    expect(await rowsOf(client, again)).toEqual([names.map(() => -1), names.map(() => 1)]);
  });
});

it('a table of 150 columns goes through dataset, profile, choice, scaling and file', () => throughWideChain(client, 150));
