import type { Upload as TusUpload } from 'tus-js-client';
import { ConnectionError, errorOf } from '../api-error.ts';
import type { Api } from '../api.ts';
import type { UploadedFile } from '../api-types.ts';

export type UploadState = 'waiting' | 'sending' | 'paused' | 'storing' | 'done' | 'failed' | 'cancelled';

/** Pieces are cut from the file one by one, so that a file of several GB takes no memory. */
const PIECE_BYTES = 16 * 2 ** 20;
const RETRY_AFTER = [0, 1_000, 3_000, 5_000, 10_000, 20_000];
/** Speed is that of the last seconds. */
const WINDOW = 5_000;

/** One file on its way to the server, by the protocol tus: it may be paused, and goes on after a break when the same file is chosen again. */
export class Upload {
  readonly file: File;
  state = $state<UploadState>('waiting');
  sentBytes = $state(0);
  /** Bytes in a second; null until it is known. */
  speed = $state<number | null>(null);
  error = $state.raw<unknown>(null);
  result = $state.raw<UploadedFile | null>(null);
  /** From 0 to 1. */
  readonly share = $derived.by(() => (this.file.size === 0 ? 0 : this.sentBytes / this.file.size));
  readonly secondsLeft = $derived.by(() => (this.speed ? (this.file.size - this.sentBytes) / this.speed : null));
  readonly #api: Api;
  readonly #readSchema: boolean;
  #sending: TusUpload | null = null;
  #seen: { at: number; bytes: number }[] = [];
  #settle: (() => void) | null = null;

  constructor(api: Api, file: File, { readSchema = false }: { readSchema?: boolean } = {}) {
    this.#api = api;
    this.#readSchema = readSchema;
    this.file = file;
  }

  /** Sends it, from where an earlier try got. Resolves when it is done, failed, paused or cancelled; never rejects. */
  async start(): Promise<void> {
    this.error = null;
    this.state = 'sending';
    this.#seen = [];
    this.speed = null;
    try {
      if (this.file.size === 0) throw new Error('The file is empty: it has 0 bytes. Save or export it again, then choose it anew.');
      this.#sending ??= await this.#begin();
      // Paused or cancelled while the code for it was loaded.
      if (this.state !== 'sending') return;
      const ended = new Promise<void>((resolve) => (this.#settle = resolve));
      this.#sending.start();
      await ended;
    } catch (error) {
      this.#fail(error);
    }
  }

  async pause(): Promise<void> {
    if (this.state !== 'sending') return;
    this.state = 'paused';
    this.speed = null;
    await this.#sending?.abort();
    this.#settle?.();
  }

  /** Stops, and deletes what came to the server. */
  async cancel(): Promise<void> {
    const { state } = this;
    this.state = 'cancelled';
    const sending = this.#sending;
    this.#sending = null;
    if (state === 'done' && this.result) await this.#api.files.remove(this.result.id).catch(() => {});
    else if (state !== 'storing') await sending?.abort(true).catch(() => {});
    this.#settle?.();
  }

  async #begin(): Promise<TusUpload> {
    const { Upload: Sender } = await import('tus-js-client');
    const sender = new Sender(this.file, {
      endpoint: new URL('/api/v1/uploads', location.href).href,
      chunkSize: PIECE_BYTES,
      retryDelays: RETRY_AFTER,
      metadata: { filename: this.file.name },
      removeFingerprintOnSuccess: true,
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        return status === 0 || status === 408 || status === 409 || (status >= 500 && status !== 507);
      },
      onProgress: (sent) => this.#progress(sent),
      onError: (error) => void this.#refused(error),
      onSuccess: () => void this.#store(sender.url),
    });
    const [earlier] = await sender.findPreviousUploads();
    if (earlier) sender.resumeFromPreviousUpload(earlier);
    return sender;
  }

  #progress(bytes: number): void {
    const at = performance.now();
    this.sentBytes = bytes;
    this.#seen = [...this.#seen.filter((each) => at - each.at < WINDOW), { at, bytes }];
    const first = this.#seen[0]!;
    if (at - first.at > 500) this.speed = Math.max(0, ((bytes - first.bytes) / (at - first.at)) * 1_000);
  }

  async #refused(error: unknown): Promise<void> {
    const response = (error as { originalResponse?: { getStatus(): number; getBody(): string } | null }).originalResponse;
    const body = response?.getBody();
    this.#fail(response && body ? await errorOf(new Response(body, { status: response.getStatus() })) : new ConnectionError(error));
  }

  /** The bytes are there: the server makes a file of them. */
  async #store(url: string | null): Promise<void> {
    this.sentBytes = this.file.size;
    this.state = 'storing';
    try {
      const id = decodeURIComponent(new URL(url ?? '').pathname.split('/').at(-1)!);
      const result = await this.#api.uploads.finish(id, this.#readSchema);
      if ((this.state as UploadState) === 'cancelled') await this.#api.files.remove(result.id);
      else {
        this.result = result;
        this.state = 'done';
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#settle?.();
  }

  #fail(error: unknown): void {
    if (this.state !== 'cancelled') {
      this.error = error;
      this.state = 'failed';
    }
    this.#settle?.();
  }
}
