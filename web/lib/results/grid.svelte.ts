import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { ColumnSchema } from '#nodes/kit/table.ts';
import type { Api } from '../api.ts';
import { count } from '../format.ts';
import type { Cell, ColumnProfile, RowFilter, Rows, TableProfile } from '../api-types.ts';
import { decimalPlaces, type DecimalPlaces } from './decimal-places.ts';

export const ROW_HEIGHT = 24;
export const HEADER_HEIGHT = 64;
const PAGE = 200;
/** Columns that are read at once: of a wide table, no more than those in view and some beside them. */
const COLUMNS = 200;
/** Browsers cannot lay out elements much higher than this; beyond it the scroll bar maps to rows in proportion. */
const TALLEST = 12_000_000;
/** Pages kept in memory around the view. */
const KEPT_PAGES = 40;

/** How many pixels high the scrolled body is. */
export const bodyHeight = (rowCount: number): number => Math.min(rowCount * ROW_HEIGHT, TALLEST);

/** The row that people name, counted from 1: beyond the last one it is that. Null for what names none. */
export function rowNumber(text: string, rowCount: number): number | null {
  const plain = text.replaceAll(/[\s,]/g, '');
  return /^\d+$/.test(plain) && Number(plain) >= 1 && rowCount > 0 ? Math.min(Number(plain), rowCount) : null;
}

/** How wide the column of row numbers is, so that the last one fits, in pixels. */
export const indexWidthOf = (rowCount: number): number => Math.max(64, 20 + 7 * count(rowCount).length);

/** Where columns of these widths begin and end, beside each other: one more than there are columns. */
export function edgesOf(widths: readonly number[]): number[] {
  const edges = [0];
  for (const [at, width] of widths.entries()) edges.push(edges[at]! + width);
  return edges;
}

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

/** Rows of one table artifact, read in pages of rows and columns as they come into view. */
export class GridRows {
  rowCount = $state(0);
  columnCount = $state(0);
  /** All, or the first of many while the others are on their way. */
  columns = $state.raw<readonly ColumnSchema[]>([]);
  profile = $state.raw<TableProfile | null>(null);
  error = $state.raw<unknown>(null);
  ready = $state(false);
  sort = $state<string | null>(null);
  descending = $state(false);
  search = $state('');
  filters = $state.raw<readonly RowFilter[]>([]);
  /** Only some rows are asked for. */
  readonly narrowed = $derived.by(() => this.search !== '' || this.filters.length > 0);
  readonly #api: Api;
  readonly #hash: string;
  /** By the names that `pageName` gives. */
  readonly #pages = new SvelteMap<string, readonly (readonly Cell[])[]>();
  readonly #asked = new Set<string>();
  /** The first rows that came of each part of the columns, by which all of them are written. */
  readonly #firsts = new Map<number, readonly (readonly Cell[])[]>();
  readonly #places = new Map<number, DecimalPlaces | null>();
  /** Counts changes of order and conditions; pages are of one of them. */
  #asking = $state(0);
  #shown = 0;
  #abort = new AbortController();
  readonly #ended = new AbortController();

  constructor(api: Api, hash: string) {
    this.#api = api;
    this.#hash = hash;
  }

  async start(): Promise<void> {
    await this.#read(0, 0);
    if (this.columns.length < this.columnCount) await this.#readColumns();
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

  /** A value, or undefined while it is on its way. */
  cell(row: number, column: number): Cell | undefined {
    return this.#pages.get(pageName(Math.floor(row / PAGE), Math.floor(column / COLUMNS)))?.[row % PAGE]?.[column % COLUMNS];
  }

  /** How the numbers of a column that has a cell are written: the same from row to row. */
  placesOf(column: number): DecimalPlaces | null {
    const known = this.#places.get(column);
    if (known !== undefined) return known;
    const found = decimalPlaces((this.#firsts.get(Math.floor(column / COLUMNS)) ?? []).map((row) => row[column % COLUMNS]));
    this.#places.set(column, found);
    return found;
  }

  /** Asks for the cells of the rows from `first` to `last` in these columns unless they are here. Depends on order and conditions alone. */
  want(first: number, last: number, columns: readonly number[]): void {
    void this.#asking;
    untrack(() => {
      const parts = new Set(columns.map((column) => Math.floor(column / COLUMNS)));
      for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page += 1)
        for (const part of parts) if (!this.#asked.has(pageName(page, part))) void this.#read(page, part);
    });
  }

  /** Without a direction: upwards, then downwards, then as the rows came. */
  sortBy(column: string, descending?: boolean): void {
    if (descending !== undefined) {
      this.sort = column;
      this.descending = descending;
    } else if (this.sort !== column) {
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
    this.#asking += 1;
    this.error = null;
    void this.#read(0, 0);
  }

  async #readColumns(): Promise<void> {
    try {
      const { meta } = await this.#api.artifacts.get(this.#hash);
      if (!this.#ended.signal.aborted && meta.kind === 'table') this.columns = meta.schema.columns;
    } catch (error) {
      if (!this.#ended.signal.aborted) this.error = error;
    }
  }

  async #read(page: number, part: number): Promise<void> {
    const [name, asking, { signal }] = [pageName(page, part), this.#asking, this.#abort];
    this.#asked.add(name);
    try {
      const rows: Rows = await this.#api.artifacts.rows(
        this.#hash,
        {
          ...{ offset: page * PAGE, limit: PAGE, firstColumn: part * COLUMNS, columnLimit: COLUMNS },
          ...(this.sort === null ? {} : { sort: this.sort, descending: this.descending }),
          ...(this.search ? { search: this.search } : {}),
          ...(this.filters.length > 0 ? { filters: JSON.stringify(this.filters) } : {}),
        },
        signal,
      );
      if (signal.aborted) return;
      // What was there is shown until the first of the new comes.
      if (this.#shown !== asking) this.#pages.clear();
      this.#shown = asking;
      if (!this.#firsts.has(part)) this.#firsts.set(part, rows.rows);
      this.#pages.set(name, rows.rows);
      this.#forget(page);
      this.rowCount = rows.rowCount;
      this.columnCount = rows.columnCount;
      if (this.columns.length === 0) this.columns = rows.columns;
      this.ready = true;
    } catch (error) {
      if (signal.aborted) return;
      this.#asked.delete(name);
      this.error = error;
    }
  }

  #forget(near: number): void {
    if (this.#pages.size <= KEPT_PAGES) return;
    const away = (name: string): number => Math.abs(Number.parseInt(name) - near);
    for (const name of [...this.#pages.keys()].sort((a, b) => away(b) - away(a)).slice(0, this.#pages.size - KEPT_PAGES)) {
      this.#pages.delete(name);
      this.#asked.delete(name);
    }
  }
}

/** Of a page of rows, and a part of their columns. */
const pageName = (page: number, part: number): string => `${page}:${part}`;
