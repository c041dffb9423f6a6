import { SvelteMap } from 'svelte/reactivity';
import type { PipelineDocument } from '#pipelines/document.ts';
import { deepEqual } from '#pipelines/equal.ts';
import { conflictKey, merge, shared, type Conflict, type Side } from '#pipelines/merge.ts';
import { ApiError } from '../../api-error.ts';
import type { Pipeline } from '../../api-types.ts';
import type { Api } from '../../api.ts';

export type SaveState = 'saved' | 'changed' | 'saving' | 'offline' | 'refused' | 'conflict';

/** What another saved, joined with what stands here. */
export interface Adopted {
  readonly document: PipelineDocument;
  /** What both had begun from, and what the other made of it. */
  readonly from: PipelineDocument;
  readonly to: PipelineDocument;
  /** Ids of ours that gave way to theirs. */
  readonly renamed: ReadonlyMap<string, string>;
}

interface Wiring {
  readonly api: Api;
  readonly pipeline: Pipeline;
  /** The document as it stands now. */
  readonly current: () => PipelineDocument;
  /** Puts the joined document in place of the current one; it is no step of the history. */
  readonly adopt: (adopted: Adopted) => void;
  readonly onsaved?: (revision: number) => void;
  /** Milliseconds of quiet before a save; 600 unless told. */
  readonly delay?: number;
  /** Milliseconds before a failed save is tried again; 3,000 unless told. */
  readonly retry?: number;
}

/**
 * Saves the document soon after each change, over the revision that it came from, and takes in what others saved meanwhile. Edits of different
 * fields are joined; of the same field the person is asked. Never throws away what was typed.
 */
export class Autosave {
  state = $state<SaveState>('saved');
  savedAt = $state.raw<Date | null>(null);
  revision = $state(0);
  /** Why the server refused, in words. */
  message = $state<string | null>(null);
  /** What both changed, while `state` is `conflict`. */
  conflicts = $state.raw<readonly Conflict[]>([]);
  /** The decided ones among them, by `conflictKey`. */
  readonly choices = new SvelteMap<string, Side>();

  readonly #wiring: Wiring;
  readonly #id: string;
  #base: PipelineDocument;
  #theirs: Pipeline | null = null;
  /** What was sent over the present revision without an answer. */
  #sent: readonly PipelineDocument[] = [];
  /** The newest revision that is known to be on the server. */
  #heard = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #flight: Promise<void> | null = null;
  #stopped = false;

  constructor(wiring: Wiring) {
    this.#wiring = wiring;
    this.#id = wiring.pipeline.id;
    this.#base = wiring.pipeline.document;
    this.revision = wiring.pipeline.revision;
    this.savedAt = new Date(wiring.pipeline.updatedAt);
  }

  /** Tells that the document changed. */
  changed(): void {
    if (this.state === 'conflict') return;
    if (this.isSaved) {
      if (!this.#flight) this.state = 'saved';
      return;
    }
    if (this.state !== 'saving') this.state = 'changed';
    this.#schedule(this.#wiring.delay ?? 600);
  }

  /** Saves what is not saved yet, now; ends when it is saved, refused or in conflict. */
  async flush(): Promise<void> {
    this.#cancelTimer();
    await this.#flight;
    if (this.state !== 'conflict' && !this.isSaved) await this.#fly(() => this.#send());
  }

  /** Where to look up the names of things in conflicts. */
  get conflictDocuments(): readonly PipelineDocument[] {
    return [this.#wiring.current(), ...(this.#theirs ? [this.#theirs.document] : []), this.#base];
  }

  get isSaved(): boolean {
    return this.#wiring.current() === this.#base;
  }

  /** Tells that the server has this revision; takes it in when it is another's. */
  async heard(revision: number): Promise<void> {
    this.#heard = Math.max(this.#heard, revision);
    await this.#flight;
    if (this.#heard > (this.#theirs?.revision ?? this.revision) && !this.#stopped) await this.#fly(() => this.#pull());
  }

  /** Tells that the pipeline was deleted. */
  removed(): void {
    this.#cancelTimer();
    this.state = 'refused';
    this.message = 'Someone deleted this pipeline. Copy its nodes into another one to keep them.';
  }

  /** Takes a side for a conflict. Nothing happens to the document before `settle`. */
  choose(conflict: Conflict, side: Side): void {
    this.choices.set(conflictKey(conflict), side);
  }

  /** Joins both versions by the sides that were chosen; `rest` is taken for those that were not. Conflicts that come of that are asked for anew. */
  async settle(rest?: Side): Promise<void> {
    if (!this.#theirs) return;
    if (rest) for (const conflict of this.conflicts) if (!this.choices.has(conflictKey(conflict))) this.choose(conflict, rest);
    this.#join(this.#theirs, rest);
    await this.flush();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
  }

  #schedule(milliseconds: number): void {
    this.#cancelTimer();
    this.#timer = setTimeout(() => void this.#fly(() => this.#send()), milliseconds);
  }

  #cancelTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** One request at a time. */
  #fly(what: () => Promise<void>): Promise<void> {
    if (this.#flight) return this.#flight;
    this.#flight = what().finally(() => {
      this.#flight = null;
      if (this.state === 'saved' && !this.isSaved) this.changed();
    });
    return this.#flight;
  }

  async #send(): Promise<void> {
    if (this.#theirs) return;
    const document = this.#wiring.current();
    this.state = 'saving';
    try {
      this.#sent = [...this.#sent.slice(-9), document];
      const saved = await this.#wiring.api.pipelines.save(this.#id, this.revision, document);
      this.#base = document;
      this.#sent = [];
      this.revision = saved.revision;
      this.savedAt = new Date(saved.updatedAt);
      this.message = null;
      this.state = 'saved';
      this.#wiring.onsaved?.(saved.revision);
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      this.message = error instanceof Error ? error.message : String(error);
      if (status === 412) {
        this.#join(await this.#theirsOf(error as ApiError));
        if (!this.#theirs && !this.isSaved) this.#schedule(0);
        return;
      }
      const refused = status >= 400 && status < 500;
      this.state = refused ? 'refused' : 'offline';
      if (!refused) this.#schedule(this.#wiring.retry ?? 3_000);
    }
  }

  /** Without an answer nothing is lost: the next save meets the same revision. */
  async #pull(): Promise<void> {
    const theirs = await this.#wiring.api.pipelines.get(this.#id).catch(() => null);
    if (!theirs || this.#stopped || theirs.revision <= this.revision) return;
    this.#join(theirs);
    if (!this.#theirs && !this.isSaved) this.#schedule(this.#wiring.delay ?? 600);
  }

  /** The 412 carries the pipeline that is saved now; where it does not, it is asked for. */
  async #theirsOf(error: ApiError): Promise<Pipeline> {
    const given = error.body as Partial<Pipeline>;
    return given.document ? (given as Pipeline) : this.#wiring.api.pipelines.get(this.#id);
  }

  /** Joins what another saved with what stands here, or asks when both changed the same. */
  #join(saved: Pipeline, rest?: Side): void {
    const theirs = { ...saved, document: shared(this.#base, saved.document) };
    this.#heard = Math.max(this.#heard, theirs.revision);
    // It is our own save, whose answer was lost.
    if (theirs.revision === this.revision + 1 && this.#sent.some((sent) => deepEqual(theirs.document, sent))) this.#base = theirs.document;
    const [from, mine] = [this.#base, this.#wiring.current()];
    const merged = merge(from, mine, theirs.document, (conflict) => this.choices.get(conflictKey(conflict)) ?? rest ?? 'mine');
    if (rest === undefined && merged.conflicts.some((conflict) => !this.choices.has(conflictKey(conflict)))) {
      this.#theirs = theirs;
      this.conflicts = merged.conflicts;
      this.state = 'conflict';
      return;
    }
    this.#theirs = null;
    this.conflicts = [];
    this.choices.clear();
    this.#sent = [];
    this.#base = theirs.document;
    this.revision = theirs.revision;
    this.savedAt = new Date(theirs.updatedAt);
    this.message = null;
    const document = deepEqual(merged.document, theirs.document) ? theirs.document : merged.document;
    this.#wiring.adopt({ document, from, to: theirs.document, renamed: merged.renamed });
    this.state = this.isSaved ? 'saved' : 'changed';
    if (this.isSaved) this.#wiring.onsaved?.(theirs.revision);
  }
}
