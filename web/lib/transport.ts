import { ConnectionError, errorOf } from './api-error.ts';

export type Query = Readonly<Record<string, string | number | boolean | null | undefined | readonly string[]>>;

/** A path with its query; leaves out what is null, undefined or empty, and names a list once for each of its texts. */
export function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, given] of Object.entries(query))
    for (const value of Array.isArray(given) ? given : [given]) if (value !== undefined && value !== null && value !== '') search.append(name, String(value));
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
}
