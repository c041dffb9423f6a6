import { getContext, setContext } from 'svelte';
import { ApiError, type Api } from './api.ts';
import type { Session } from './api-types.ts';

const CONTEXT = Symbol('session');

/** Who is signed in. `unknown` until the server has answered. */
export class SessionState {
  state = $state<'unknown' | 'in' | 'out' | 'unreachable'>('unknown');
  session = $state.raw<Session | null>(null);
  error = $state.raw<unknown>(null);
  readonly #api: Api;
  readonly #forget: () => Promise<void>;
  /** Counts the questions: an answer to an earlier one may come late, and counts no more. */
  #asked = 0;

  constructor(api: Api, forget: () => Promise<void> = async () => undefined) {
    this.#api = api;
    this.#forget = forget;
  }

  async load(): Promise<void> {
    const question = ++this.#asked;
    try {
      const session = await this.#api.session.get();
      if (question !== this.#asked) return;
      this.session = session;
      this.state = 'in';
    } catch (error) {
      if (question !== this.#asked) return;
      this.session = null;
      this.error = error;
      this.state = error instanceof ApiError && error.status === 401 ? 'out' : 'unreachable';
    }
  }

  async signIn(token: string): Promise<void> {
    this.#asked++;
    await this.#api.session.signIn(token);
    await this.load();
  }

  /** Ends the session. What this browser kept of the work goes first: the next person here may be another one. */
  async signOut(): Promise<void> {
    await this.#forget();
    await this.#api.session.signOut();
    this.ended();
  }

  /** The server says that the session is over. */
  ended(): void {
    this.session = null;
    this.state = 'out';
  }
}

export const provideSession = (session: SessionState): SessionState => setContext(CONTEXT, session);
export const useSession = (): SessionState => getContext<SessionState>(CONTEXT);
