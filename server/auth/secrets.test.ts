import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostName } from './guard.ts';
import { can } from './principal.ts';
import { bearerOf, hashSecret, matchesHash, newSecret, SecretBox } from './secrets.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'modelwright-secrets-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('the secret box', () => {
  it('opens what it sealed, also after a restart, with a key file for its owner alone', () => {
    const sealed = SecretBox.open(folder).seal('mwe_secret');
    expect(sealed).not.toContain('secret');
    expect(SecretBox.open(folder).unseal(sealed)).toBe('mwe_secret');
    expect(statSync(join(folder, 'secret.key')).mode & 0o777).toBe(0o600);
  });

  it('refuses a changed text, another key and a damaged key file', () => {
    const sealed = SecretBox.open(folder).seal('x');
    const changed = Buffer.from(sealed, 'base64');
    changed[changed.length - 1]! ^= 1;
    expect(() => SecretBox.open(folder).unseal(changed.toString('base64'))).toThrow();
    writeFileSync(join(folder, 'secret.key'), 'ab'.repeat(32));
    expect(() => SecretBox.open(folder).unseal(sealed)).toThrow();
    writeFileSync(join(folder, 'secret.key'), 'short');
    expect(() => SecretBox.open(folder)).toThrow(/damaged/);
  });
});

describe('credentials', () => {
  it('match their hash and no other', () => {
    const secret = newSecret('mw_');
    expect(secret.length).toBeGreaterThan(40);
    expect(matchesHash(secret, hashSecret(secret))).toBe(true);
    expect(matchesHash(`${secret}x`, hashSecret(secret))).toBe(false);
    expect(matchesHash(secret, 'not a hash')).toBe(false);
  });

  it('are read of the Bearer scheme alone', () => {
    expect(bearerOf('Bearer abc')).toBe('abc');
    for (const header of [undefined, '', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b', `Bearer ${'x'.repeat(600)}`]) expect(bearerOf(header)).toBeNull();
  });

  it('are judged by workspace and kind', () => {
    const person = { kind: 'person', name: 'p', workspaceId: 'w', sessionId: 's' } as const;
    const token = { kind: 'token', name: 't', workspaceId: 'w', tokenId: 't' } as const;
    expect(can(person, 'write', { kind: 'pipeline', workspaceId: 'w' })).toBe(true);
    expect(can(person, 'read', { kind: 'pipeline', workspaceId: 'other' })).toBe(false);
    expect(can(token, 'run', { kind: 'pipeline' })).toBe(true);
    expect(can(token, 'reveal', { kind: 'endpoint' })).toBe(false);
    expect(can({ kind: 'anonymous' }, 'read', { kind: 'node' })).toBe(false);
  });
});

describe('the name in a Host header', () => {
  it.each([
    ['localhost:3000', 'localhost'],
    ['LOCALHOST.', 'localhost'],
    ['[::1]:3000', '::1'],
    ['127.0.0.1', '127.0.0.1'],
    ['a@b', null],
    ['a b', null],
    ['', null],
    ['localhost:x', null],
  ])('%s', (header, name) => expect(hostName(header)).toBe(name));
});
