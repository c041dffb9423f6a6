import type { Api } from '../api.ts';
import type { DatasetVersion } from '../api-types.ts';
import { assetName } from './names.ts';

/** One file on its way to becoming a dataset version. */
export class Upload {
  readonly file: File;
  readonly name: string;
  state = $state<'sending' | 'reading' | 'done' | 'failed' | 'cancelled'>('sending');
  sent = $state(0);
  error = $state.raw<unknown>(null);
  result = $state.raw<DatasetVersion | null>(null);
  readonly #abort = new AbortController();

  constructor(file: File, name: string) {
    this.file = file;
    this.name = name;
  }

  /** Sends the file; the server then reads it into a table. Never rejects. */
  async start(api: Api): Promise<void> {
    try {
      this.result = await api.datasets.put(this.name, this.file, {
        signal: this.#abort.signal,
        onprogress: (sent, total) => {
          this.sent = total === 0 ? 1 : sent / total;
          if (sent >= total) this.state = 'reading';
        },
      });
      this.state = 'done';
    } catch (error) {
      this.state = this.#abort.signal.aborted ? 'cancelled' : 'failed';
      this.error = error;
    }
  }

  cancel(): void {
    this.#abort.abort();
  }
}

/** The uploads of a page, two at a time, in the order given. */
export class Uploads {
  items = $state.raw<readonly Upload[]>([]);
  readonly #api: Api;
  readonly #ondone: () => void;
  #running = 0;
  #waiting: Upload[] = [];

  constructor(api: Api, ondone: () => void) {
    this.#api = api;
    this.#ondone = ondone;
  }

  /** Adds files; `name` takes the place of the files' own names when a new version of one dataset is meant. */
  add(files: Iterable<File>, name?: string): void {
    const added = [...files].map((file) => new Upload(file, name ?? assetName(file.name)));
    this.items = [...added, ...this.items];
    this.#waiting.push(...added);
    this.#next();
  }

  dismiss(upload: Upload): void {
    upload.cancel();
    this.items = this.items.filter((each) => each !== upload);
  }

  #next(): void {
    while (this.#running < 2) {
      const upload = this.#waiting.shift();
      if (!upload) return;
      if (!this.items.includes(upload)) continue;
      this.#running += 1;
      void upload.start(this.#api).then(() => {
        this.#running -= 1;
        if (upload.state === 'done') this.#ondone();
        this.#next();
      });
    }
  }
}
