import type { PipelineDocument } from '#pipelines/document.ts';
import { deepEqual } from '#pipelines/equal.ts';
import type { Entry } from './history.svelte.ts';

const DATABASE = 'modelwright';
const STORE = 'histories';
/** So many steps are kept of a pipeline, and so many pipelines. */
const STEPS = 50;
const PIPELINES = 20;
/** So far back is looked for the server's document: what was done after it was never saved. */
const UNSAVED = 5;

export interface KeptHistory {
  /** What the history led to. */
  readonly document: PipelineDocument;
  readonly past: readonly Entry<PipelineDocument>[];
  readonly future: readonly Entry<PipelineDocument>[];
}

/** As much of a kept history as leads to the document; null when it is not the one that the history follows. */
export function historyOf(kept: KeptHistory, document: PipelineDocument): KeptHistory | null {
  if (deepEqual(kept.document, document)) return kept;
  const first = Math.max(0, kept.past.length - UNSAVED);
  const at = kept.past.findLastIndex(({ before }, index) => index >= first && deepEqual(before, document));
  return at < 0 ? null : { document, past: kept.past.slice(0, at), future: [] };
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The browser keeps nothing.'));
  });

/**
 * Undo histories in this browser, by pipeline; where the browser keeps nothing, they end with the page. Documents share what did not change
 * between them, here too.
 */
export class HistoryStore {
  #database: Promise<IDBDatabase> | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #pending: (() => void) | null = null;

  async read(pipeline: string, document: PipelineDocument): Promise<KeptHistory | null> {
    try {
      const store = (await this.#open()).transaction(STORE).objectStore(STORE);
      const kept = (await settled(store.get(pipeline))) as KeptHistory | undefined;
      return kept ? historyOf(kept, document) : null;
    } catch {
      return null;
    }
  }

  async write(pipeline: string, { document, past, future }: KeptHistory): Promise<void> {
    try {
      const database = await this.#open();
      const writing = database.transaction(STORE, 'readwrite');
      writing.objectStore(STORE).put({ pipeline, at: Date.now(), document, past: past.slice(-STEPS), future: future.slice(-STEPS) });
      // Said outright, so that it is done also when the page goes away now.
      writing.commit();
      const store = database.transaction(STORE, 'readwrite').objectStore(STORE);
      const oldest = await settled(store.index('at').getAllKeys());
      for (const key of oldest.slice(0, Math.max(0, oldest.length - PIPELINES))) store.delete(key);
    } catch {
      // Not remembered, then.
    }
  }

  /** Forgets every history of this browser. */
  async clear(): Promise<void> {
    this.#cancel();
    this.#pending = null;
    try {
      const writing = (await this.#open()).transaction(STORE, 'readwrite');
      await settled(writing.objectStore(STORE).clear());
    } catch {
      // Nothing was kept, then.
    }
  }

  /** Writes once it has been quiet for a moment; sooner than a changed document is saved. */
  writeSoon(pipeline: string, current: () => KeptHistory): void {
    this.#cancel();
    this.#pending = () => void this.write(pipeline, current());
    this.#timer = setTimeout(() => this.flush(), 250);
  }

  /** Writes now what is still to be written, such as when the page is about to go away. */
  flush(): void {
    this.#cancel();
    this.#pending?.();
    this.#pending = null;
  }

  #cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #open(): Promise<IDBDatabase> {
    this.#database ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'pipeline' }).createIndex('at', 'at');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('The browser keeps nothing.'));
    });
    return this.#database;
  }
}
