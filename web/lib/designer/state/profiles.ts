import { SvelteMap } from 'svelte/reactivity';
import type { ColumnProfile } from '../../api-types.ts';
import type { Api } from '../../api.ts';

type ByColumn = ReadonlyMap<string, ColumnProfile>;

/** Statistics of tables by their hash, read once. */
export class Profiles {
  readonly #known = new SvelteMap<string, ByColumn>();
  readonly #asked = new Set<string>();
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** What is known of a table's columns; undefined until it was read. */
  of(hash: string | undefined): ByColumn | undefined {
    return hash === undefined ? undefined : this.#known.get(hash);
  }

  /** Reads the statistics when they are not known; without them pickers work all the same. */
  ask(hash: string | undefined): void {
    if (hash === undefined || this.#asked.has(hash)) return;
    this.#asked.add(hash);
    this.#api.artifacts
      .profile(hash)
      .then((profile) => this.#known.set(hash, new Map(profile.columns.map((column) => [column.name, column]))))
      .catch(() => this.#asked.delete(hash));
  }
}
