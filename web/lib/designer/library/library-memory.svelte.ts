const STORAGE = 'modelwright.library';
const RECENT = 8;

interface Kept {
  readonly favourites: readonly string[];
  readonly recent: readonly string[];
  /** How often a node type was added. */
  readonly uses: Readonly<Record<string, number>>;
  /** How often it was wired to another when it was added: `earlier>later`. */
  readonly pairs: Readonly<Record<string, number>>;
}
const NOTHING: Kept = { favourites: [], recent: [], uses: {}, pairs: {} };
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((each) => typeof each === 'string');
const isCounts = (value: unknown): value is Record<string, number> =>
  typeof value === 'object' && value !== null && Object.values(value).every((each) => typeof each === 'number');

/** What this browser knows of a person's use of the library. What is stored may be refused, or be from elsewhere: it then begins anew. */
export class LibraryMemory {
  #kept = $state.raw<Kept>(NOTHING);
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'> | null;

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'> | null) {
    this.#storage = storage;
    try {
      const { favourites, recent, uses, pairs } = JSON.parse(storage?.getItem(STORAGE) ?? '{}') as Record<string, unknown>;
      this.#kept = {
        favourites: isTexts(favourites) ? favourites : [],
        recent: isTexts(recent) ? recent : [],
        uses: isCounts(uses) ? uses : {},
        pairs: isCounts(pairs) ? pairs : {},
      };
    } catch {
      this.#kept = NOTHING;
    }
  }

  get favourites(): readonly string[] {
    return this.#kept.favourites;
  }

  /** The node types that were added last, the newest first. */
  get recent(): readonly string[] {
    return this.#kept.recent;
  }

  isFavourite(type: string): boolean {
    return this.#kept.favourites.includes(type);
  }

  toggleFavourite(type: string): void {
    const { favourites } = this.#kept;
    this.#keep({ favourites: favourites.includes(type) ? favourites.filter((each) => each !== type) : [...favourites, type] });
  }

  usesOf(type: string): number {
    return this.#kept.uses[type] ?? 0;
  }

  pairUses(earlier: string, later: string): number {
    return this.#kept.pairs[`${earlier}>${later}`] ?? 0;
  }

  /** A node of the type was added, wired to one before or after it. */
  added(type: string, beside: { earlier?: string; later?: string } = {}): void {
    const { recent, uses, pairs } = this.#kept;
    const pair = beside.earlier !== undefined ? `${beside.earlier}>${type}` : beside.later !== undefined ? `${type}>${beside.later}` : null;
    this.#keep({
      recent: [type, ...recent.filter((each) => each !== type)].slice(0, RECENT),
      uses: { ...uses, [type]: (uses[type] ?? 0) + 1 },
      ...(pair === null ? {} : { pairs: { ...pairs, [pair]: (pairs[pair] ?? 0) + 1 } }),
    });
  }

  #keep(changes: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...changes };
    try {
      this.#storage?.setItem(STORAGE, JSON.stringify(this.#kept));
    } catch {
      // Not remembered, then.
    }
  }
}

/** The browser's own storage, where it is not refused. */
export function browserStorage(): Storage | null {
  try {
    return typeof localStorage === 'undefined' ? null : localStorage;
  } catch {
    return null;
  }
}
