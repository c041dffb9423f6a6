import type { Api } from '../api.ts';
import type { DatasetVersion } from '../api-types.ts';
import { assetName } from './names.ts';
import { Upload } from './upload.svelte.ts';

/** One of several files that become datasets as they are found to be. */
export class DatasetUpload {
  readonly upload: Upload;
  readonly name: string;
  /** After the upload: the server reads it. */
  reading = $state(false);
  error = $state.raw<unknown>(null);
  result = $state.raw<DatasetVersion | null>(null);

  constructor(api: Api, file: File) {
    this.upload = new Upload(api, file);
    this.name = assetName(file.name);
  }

  /** Resolves when it is done, or cannot go on by itself. Never rejects. */
  async start(api: Api): Promise<void> {
    this.error = null;
    if (this.upload.state !== 'done') await this.upload.start();
    const file = this.upload.result;
    if (!file) return;
    this.reading = true;
    try {
      this.result = await api.datasets.make(this.name, { file: file.id });
      await api.files.remove(file.id).catch(() => {});
    } catch (error) {
      this.error = error;
    } finally {
      this.reading = false;
    }
  }
}

/** The uploads of a page, two at a time, in the order given. */
export class Uploads {
  items = $state.raw<readonly DatasetUpload[]>([]);
  readonly #api: Api;
  readonly #ondone: () => void;
  #running = 0;
  #waiting: DatasetUpload[] = [];

  constructor(api: Api, ondone: () => void) {
    this.#api = api;
    this.#ondone = ondone;
  }

  add(files: Iterable<File>): void {
    const added = [...files].map((file) => new DatasetUpload(this.#api, file));
    this.items = [...added, ...this.items];
    this.#waiting.push(...added);
    this.#next();
  }

  /** Goes on with one that was paused or has failed. */
  again(item: DatasetUpload): void {
    this.#waiting.push(item);
    this.#next();
  }

  /** Takes it off the page; what has not become a dataset is deleted. */
  dismiss(item: DatasetUpload): void {
    if (!item.result && !item.reading) void item.upload.cancel();
    this.items = this.items.filter((each) => each !== item);
  }

  #next(): void {
    while (this.#running < 2) {
      const item = this.#waiting.shift();
      if (!item) return;
      if (!this.items.includes(item)) continue;
      this.#running += 1;
      void item.start(this.#api).then(() => {
        this.#running -= 1;
        if (item.result) this.#ondone();
        this.#next();
      });
    }
  }
}
