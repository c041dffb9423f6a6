import { matchesAny } from '../auth/secrets.ts';

/** The keys of an endpoint that answers, as hashes. A new one is made when a key changes. */
export class KeyRing {
  readonly #hashes: readonly string[];
  /** Those that were brought and fit: hashing each of thousands of requests a second costs more than reading its body. */
  readonly #known = new Set<string>();

  constructor(hashes: readonly string[]) {
    this.#hashes = hashes;
  }

  /** Whether the secret is one of the keys. What is not known yet is compared in constant time; a look into the set compares hashes that no caller can foresee. */
  fits(secret: string): boolean {
    if (this.#known.has(secret)) return true;
    if (!matchesAny(secret, this.#hashes)) return false;
    this.#known.add(secret);
    return true;
  }
}
