import { ConnectionError, errorOf } from './api-error.ts';

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface UploadHandle {
  readonly signal?: AbortSignal;
  /** Bytes sent, of the whole. */
  onprogress?(sent: number, total: number): void;
}

/** A path with its query; leaves out what is null, undefined or empty. */
export function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

/** Calls the server and turns every refusal into an ApiError and every broken connection into a ConnectionError. */
export class Transport {
  readonly #fetch: typeof fetch;
  /** Called when the session has ended. */
  onsignedout: (() => void) | null = null;

  constructor(fetching: typeof fetch) {
    this.#fetch = fetching;
  }

  async response(method: string, path: string, init: { body?: BodyInit; headers?: Record<string, string>; signal?: AbortSignal } = {}): Promise<Response> {
    let response: Response;
    try {
      response = await this.#fetch(path, { method, credentials: 'same-origin', ...init });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new ConnectionError(error);
    }
    if (!response.ok) {
      if (response.status === 401 && !path.startsWith('/api/v1/session') && !path.includes('/score')) this.onsignedout?.();
      throw await errorOf(response);
    }
    return response;
  }

  async read<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
    const response = await this.response('GET', withQuery(path, query), { signal });
    return (await response.json()) as T;
  }

  async send<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<T> {
    const response = await this.response(method, path, {
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      signal,
    });
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  /** Sends a file as it is, telling how far it got; fetch cannot tell that, XMLHttpRequest can. */
  upload<T>(method: string, path: string, file: Blob, fileName: string, { signal, onprogress }: UploadHandle = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(method, path);
      request.setRequestHeader('X-File-Name', encodeURIComponent(fileName));
      request.setRequestHeader('Content-Type', 'application/octet-stream');
      request.upload.onprogress = (event) => onprogress?.(event.loaded, event.total);
      request.onerror = () => reject(new ConnectionError(null));
      request.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'));
      request.onload = () => {
        if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as T);
        else void errorOf(new Response(request.responseText, { status: request.status })).then(reject);
      };
      signal?.addEventListener('abort', () => request.abort(), { once: true });
      request.send(file);
    });
  }
}
