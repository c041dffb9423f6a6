import { SvelteMap } from 'svelte/reactivity';
import type { ColumnSchema } from '#nodes/kit/table.ts';
import type { Api } from '../api.ts';
import type { Cell, ColumnProfile, RowFilter, Rows, TableProfile } from '../api-types.ts';

export const ROW_HEIGHT = 24;
export const HEADER_HEIGHT = 64;
const PAGE = 200;
/** Browsers cannot lay out elements much higher than this; beyond it the scroll bar maps to rows in proportion. */
const TALLEST = 12_000_000;
/** Pages kept in memory around the view. */
const KEPT_PAGES = 40;

/** How many pixels high the scrolled body is. */
export const bodyHeight = (rowCount: number): number => Math.min(rowCount * ROW_HEIGHT, TALLEST);

/** The first row in view, and the pixel at which it is drawn, for a scroll position. */
export function firstRow(scrollTop: number, viewHeight: number, rowCount: number): { row: number; top: number } {
  const whole = rowCount * ROW_HEIGHT;
  const height = bodyHeight(rowCount);
  if (whole <= height) {
    const row = Math.max(0, Math.min(rowCount - 1, Math.floor(scrollTop / ROW_HEIGHT)));
    return { row: Math.max(0, row), top: Math.max(0, row) * ROW_HEIGHT };
  }
  const share = height <= viewHeight ? 0 : Math.min(1, scrollTop / (height - viewHeight));
  const visible = Math.ceil(viewHeight / ROW_HEIGHT);
  const row = Math.round(share * Math.max(0, rowCount - visible));
  return { row, top: scrollTop };
}

/** The scroll position at which a row, counted from 0, is the first in view. */
export function scrollFor(row: number, viewHeight: number, rowCount: number): number {
  const height = bodyHeight(rowCount);
  if (rowCount * ROW_HEIGHT <= height) return row * ROW_HEIGHT;
  return Math.min(1, row / Math.max(1, rowCount - Math.ceil(viewHeight / ROW_HEIGHT))) * (height - viewHeight);
}

/** Rows of one table artifact, read in pages as they come into view. */
export class GridRows {
  rowCount = $state(0);
  columns = $state.raw<readonly ColumnSchema[]>([]);
  profile = $state.raw<TableProfile | null>(null);
  error = $state.raw<unknown>(null);
  ready = $state(false);
  sort = $state<string | null>(null);
  descending = $state(false);
  search = $state('');
  filters = $state.raw<readonly RowFilter[]>([]);
  readonly #api: Api;
  readonly #hash: string;
  readonly #pages = new SvelteMap<number, readonly (readonly Cell[])[]>();
  readonly #asked = new Set<number>();
  #abort = new AbortController();
  readonly #ended = new AbortController();

  constructor(api: Api, hash: string) {
    this.#api = api;
    this.#hash = hash;
  }

  async start(): Promise<void> {
    await this.#read(0);
    try {
      this.profile = await this.#api.artifacts.profile(this.#hash, this.#ended.signal);
    } catch {
      // The grid serves without the small charts in its header.
    }
  }

  stop(): void {
    this.#abort.abort();
    this.#ended.abort();
  }

  /** The row's values, or null while they are on their way. */
  row(at: number): readonly Cell[] | null {
    return this.#pages.get(Math.floor(at / PAGE))?.[at % PAGE] ?? null;
  }

  /** Asks for the rows from `first` to `last` unless they are here. */
  want(first: number, last: number): void {
    for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page += 1) if (!this.#asked.has(page)) void this.#read(page);
  }

  sortBy(column: string): void {
    if (this.sort !== column) {
      this.sort = column;
      this.descending = false;
    } else if (!this.descending) this.descending = true;
    else this.sort = null;
    this.#restart();
  }

  find(text: string): void {
    this.search = text;
    this.#restart();
  }

  /** Keeps the rows for which the condition holds besides those on other columns; null takes the column's condition away. */
  filter(column: string, filter: RowFilter | null): void {
    this.filters = [...this.filters.filter((each) => each.column !== column), ...(filter ? [filter] : [])];
    this.#restart();
  }

  retry(): void {
    this.#restart();
  }

  profileOf(column: string): ColumnProfile | null {
    return this.profile?.columns.find((each) => each.name === column) ?? null;
  }

  #restart(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#asked.clear();
    this.error = null;
    void this.#read(0, true);
  }

  async #read(page: number, fresh = false): Promise<void> {
    this.#asked.add(page);
    const { signal } = this.#abort;
    try {
      const rows: Rows = await this.#api.artifacts.rows(
        this.#hash,
        {
          offset: page * PAGE,
          limit: PAGE,
          ...(this.sort === null ? {} : { sort: this.sort, descending: this.descending }),
          ...(this.search ? { search: this.search } : {}),
          ...(this.filters.length > 0 ? { filters: JSON.stringify(this.filters) } : {}),
        },
        signal,
      );
      if (signal.aborted) return;
      if (fresh) this.#pages.clear();
      this.#pages.set(page, rows.rows);
      this.#forget(page);
      this.rowCount = rows.rowCount;
      this.columns = rows.columns;
      this.ready = true;
    } catch (error) {
      if (signal.aborted) return;
      this.#asked.delete(page);
      this.error = error;
    }
  }

  #forget(near: number): void {
    if (this.#pages.size <= KEPT_PAGES) return;
    for (const page of [...this.#pages.keys()].sort((a, b) => Math.abs(b - near) - Math.abs(a - near)).slice(0, this.#pages.size - KEPT_PAGES)) {
      this.#pages.delete(page);
      this.#asked.delete(page);
    }
  }
}
