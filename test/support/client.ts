/** A signed-in client of a running server, as a script would be one: plain fetch with the session's cookie. */
export interface Client {
  readonly url: string;
  /** What makes a request this client's, for whoever sends it some other way. */
  readonly headers: Readonly<Record<string, string>>;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<T>;
  bytes(path: string): Promise<Uint8Array>;
  /** The raw answer, whatever its status. */
  request(path: string, init?: RequestInit): Promise<Response>;
}

export async function signIn(url: string, signInLink: string): Promise<Client> {
  const token = new URLSearchParams(new URL(signInLink).hash.slice(1)).get('token');
  const session = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ token }),
  });
  if (session.status !== 204) throw new Error(`Signing in gave ${session.status}: ${await session.text()}`);
  const cookie = (session.headers.get('set-cookie') ?? '').split(';')[0]!;

  return clientAt(url, { cookie });
}

/** A client with the cookie of a session that is there already, perhaps of the same server at an earlier address. */
export function clientAt(url: string, { cookie = '' }: Readonly<Record<string, string>>): Client {
  const headers = { cookie, origin: url };
  const request = (path: string, init: RequestInit = {}) =>
    fetch(`${url}/api/v1${path}`, { ...init, headers: { ...headers, ...(init.headers as Record<string, string> | undefined) } });
  const answer = async <T>(response: Response): Promise<T> => {
    if (!response.ok) throw new Error(`${response.url} gave ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  return {
    url,
    headers,
    request,
    get: async (path) => answer(await request(path)),
    post: async (path, body, headers) =>
      answer(await request(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body ?? {}) })),
    bytes: async (path) => {
      const response = await request(path);
      if (!response.ok) throw new Error(`${response.url} gave ${response.status}: ${await response.text()}`);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

interface RunView {
  readonly status: string;
  readonly number: number;
  readonly headline: string | null;
  readonly steps: readonly {
    readonly node: string;
    readonly type: string;
    readonly status: string;
    readonly attempt: number;
    readonly milliseconds: number | null;
    readonly peakBytes: number | null;
    readonly error: { readonly code: string; readonly message: string } | null;
    readonly outputs: readonly { readonly port: string; readonly kind: string; readonly hash: string; readonly rowCount: number | null }[];
  }[];
}
const FINAL = ['succeeded', 'failed', 'crashed', 'cancelled'];

/** Waits for the end of a run on its event stream, which closes after the last event, and gives the run. */
export async function finishedRun(client: Client, id: string): Promise<RunView> {
  const stream = await client.request(`/runs/${id}/events`);
  await stream.text();
  const run = await client.get<RunView>(`/runs/${id}`);
  if (!FINAL.includes(run.status)) throw new Error(`The event stream of run ${run.number} closed while it was ${run.status}.`);
  return run;
}
