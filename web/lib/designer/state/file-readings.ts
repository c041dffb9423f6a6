import { readOptionsOf, type ReadParameters } from '#nodes/kit/read-parameters.ts';
import { SvelteMap } from 'svelte/reactivity';
import type { FilePreview, FileReadOptions } from '../../api-types.ts';
import type { Api } from '../../api.ts';

export interface ImportParams extends ReadParameters {
  readonly source: string;
  readonly file: { readonly id: string; readonly name: string };
}

/** Keystrokes closer than this are read together. */
const PAUSE = 300;
/** Such files tell all of themselves, and are read whole. */
const TELLS_ITSELF = /\.(parquet|arrow|arrows|feather)(\.gz)?$/i;

/** How uploaded files of Import Data are read with its parameters, of which the newest is asked for. */
export class FileReadings {
  readonly #known = new SvelteMap<string, FilePreview>();
  readonly #api: Api;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked: AbortController | null = null;

  constructor(api: Api) {
    this.#api = api;
  }

  /** What is known of the reading; undefined until it was made, and where nothing is to be found. */
  of(params: ImportParams): FilePreview | undefined {
    return this.#known.get(questionOf(params));
  }

  /** Reads the beginning of the file, after a pause, unless that is known; without it the settings say less. Gives what takes the question back. */
  ask(params: ImportParams): () => void {
    const question = questionOf(params);
    if (params.source !== 'file' || params.file.id === '' || TELLS_ITSELF.test(params.file.name) || this.#known.has(question)) return () => undefined;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#read(question), PAUSE);
    return () => {
      clearTimeout(this.#timer);
      this.#asked?.abort();
    };
  }

  async #read(question: string): Promise<void> {
    this.#asked?.abort();
    this.#asked = new AbortController();
    const [id, options] = JSON.parse(question) as [string, FileReadOptions];
    try {
      this.#known.set(question, await this.#api.files.preview(id, { options }, this.#asked.signal));
    } catch {
      // A file that cannot be read this way is told by the run.
    }
  }
}

/** As a text, so that it is asked anew only when it changed. */
const questionOf = (params: ImportParams): string => JSON.stringify([params.file.id, optionsOf(params)]);

function optionsOf(params: ImportParams): FileReadOptions {
  const { quote, nullWords, ...rest } = readOptionsOf(params);
  return { ...rest, quote: quote === '' ? 'none' : quote, nullWords: nullWords?.join(',') };
}
