import type { PipelineDocument } from '#pipelines/document.ts';
import { ApiError } from '../../api-error.ts';
import type { Pipeline } from '../../api-types.ts';
import type { Api } from '../../api.ts';
import { mergeDocuments } from './merge.ts';

export type SaveState = 'saved' | 'changed' | 'saving' | 'offline' | 'refused' | 'conflict';

interface Wiring {
  readonly api: Api;
  readonly pipeline: Pipeline;
  /** The document as it stands now. */
  readonly current: () => PipelineDocument;
  /** Puts a merged or reloaded document in place of the current one. */
  readonly replace: (document: PipelineDocument, name: string) => void;
  readonly onsaved?: (revision: number) => void;
  /** Milliseconds of quiet before a save; 600 unless told. */
  readonly delay?: number;
  /** Milliseconds before a failed save is tried again; 3,000 unless told. */
  readonly retry?: number;
}

/** Saves the document soon after each change, over the revision that it came from. Never throws away what was typed. */
export class Autosave {
  state = $state<SaveState>('saved');
  savedAt = $state.raw<Date | null>(null);
  revision = $state(0);
  /** Why the server refused, in words. */
  message = $state<string | null>(null);
  /** What somebody else saved in between, while `state` is `conflict`. */
  theirs = $state.raw<Pipeline | null>(null);

  readonly #wiring: Wiring;
  readonly #id: string;
  #base: PipelineDocument;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #flight: Promise<void> | null = null;

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
    if (this.#wiring.current() === this.#base) {
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
    if (this.state !== 'conflict' && this.#wiring.current() !== this.#base) await this.#save();
  }

  get isSaved(): boolean {
    return this.#wiring.current() === this.#base;
  }

  /** Settles a conflict: join both, take theirs, or keep mine; gives the places where both had changed the same thing. */
  async resolve(how: 'merge' | 'theirs' | 'mine'): Promise<readonly string[]> {
    const theirs = this.theirs;
    if (!theirs) return [];
    const merged = how === 'merge' ? mergeDocuments(this.#base, this.#wiring.current(), theirs.document) : null;
    this.#base = theirs.document;
    this.revision = theirs.revision;
    this.theirs = null;
    this.state = 'changed';
    if (how === 'theirs') this.#wiring.replace(theirs.document, 'Take the other version');
    if (merged) this.#wiring.replace(merged.document, 'Merge both versions');
    if (this.isSaved) this.state = 'saved';
    else await this.flush();
    return merged?.clashes ?? [];
  }

  stop(): void {
    this.#cancelTimer();
  }

  #schedule(milliseconds: number): void {
    this.#cancelTimer();
    this.#timer = setTimeout(() => void this.#save(), milliseconds);
  }

  #cancelTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #save(): Promise<void> {
    if (this.#flight) return this.#flight;
    this.#flight = this.#send().finally(() => {
      this.#flight = null;
      if (this.state === 'saved' && !this.isSaved) this.changed();
    });
    return this.#flight;
  }

  async #send(): Promise<void> {
    const document = this.#wiring.current();
    this.state = 'saving';
    try {
      const saved = await this.#wiring.api.pipelines.save(this.#id, this.revision, document);
      this.#base = document;
      this.revision = saved.revision;
      this.savedAt = new Date(saved.updatedAt);
      this.message = null;
      this.state = 'saved';
      this.#wiring.onsaved?.(saved.revision);
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      this.message = error instanceof Error ? error.message : String(error);
      if (status === 412) {
        await this.#conflict(error as ApiError);
        return;
      }
      const refused = status >= 400 && status < 500;
      this.state = refused ? 'refused' : 'offline';
      if (!refused) this.#schedule(this.#wiring.retry ?? 3_000);
    }
  }

  /** The 412 carries the pipeline that is saved now; where it does not, it is asked for. */
  async #conflict(error: ApiError): Promise<void> {
    const given = error.body as Partial<Pipeline> & { current?: Pipeline; pipeline?: Pipeline };
    this.theirs = given.document ? (given as Pipeline) : (given.current ?? given.pipeline ?? (await this.#wiring.api.pipelines.get(this.#id)));
    this.state = 'conflict';
  }
}
