import { createCipheriv, createDecipheriv, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A new secret with 256 bits of randomness, such as `mw_…`. */
export const newSecret = (prefix: string): string => `${prefix}${randomBytes(32).toString('base64url')}`;

/** Secrets of 256 random bits need no salt and no slow hash. */
export const hashSecret = (secret: string): string => hash('sha256', secret, 'hex');

/** Whether a secret is one of those with these hashes. Every hash is compared, in constant time. */
export function matchesAny(secret: string, hashes: readonly string[]): boolean {
  const given = Buffer.from(hashSecret(secret));
  let matches = false;
  for (const each of hashes) {
    const known = Buffer.from(each);
    if (given.length === known.length && timingSafeEqual(given, known)) matches = true;
  }
  return matches;
}

/** Compares a secret with a stored hash in constant time. */
export const matchesHash = (secret: string, stored: string): boolean => matchesAny(secret, [stored]);

/** The text of `Authorization: Bearer …`, or null. Other schemes are no credentials here. */
export function bearerOf(header: string | undefined): string | null {
  const match = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(header ?? '');
  return match?.[1] ?? null;
}

const KEY_FILE = 'secret.key';

/** Encrypts what must be shown again, such as the keys of endpoints, with a key that lies beside the database and not in it. */
export class SecretBox {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    if (key.length !== 32) throw new Error('The key must have 32 bytes.');
    this.#key = key;
  }

  /** Reads the data folder's key file, or makes it, readable by its owner alone. */
  static open(dataFolder: string): SecretBox {
    const path = join(dataFolder, KEY_FILE);
    if (!existsSync(path)) {
      const temporary = `${path}.${randomBytes(6).toString('hex')}`;
      const file = openSync(temporary, 'wx', 0o600);
      writeSync(file, randomBytes(32).toString('hex'));
      fsyncSync(file);
      closeSync(file);
      try {
        linkSync(temporary, path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      } finally {
        rmSync(temporary, { force: true });
      }
    }
    const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'hex');
    if (key.length !== 32)
      throw new Error(
        `The key file ${path} is damaged: it must hold 64 hexadecimal digits. Put the right file back; without it the keys of endpoints cannot be read.`,
      );
    return new SecretBox(key);
  }

  seal(text: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /** Throws when the text was sealed with another key or was changed. */
  unseal(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  }
}
