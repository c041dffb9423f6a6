import type { Issue } from '#nodes/kit/issues.ts';

export type PlacedIssue = Issue & { readonly node: string | null };

interface Problem {
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly code?: string;
  readonly issues?: readonly PlacedIssue[];
  readonly requestId?: string;
}

/** An answer of the server that says no: RFC 9457, with the words for people in `title` (what) and `message` (why, and what to do). */
export class ApiError extends Error {
  readonly status: number;
  readonly title: string;
  readonly code: string | null;
  readonly issues: readonly PlacedIssue[];
  readonly requestId: string | null;
  /** The whole body; a 412 carries the other one's version here. */
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    const problem = (typeof body === 'object' && body !== null ? body : {}) as Problem;
    super(problem.detail || problem.title || `The server answered ${status}.`);
    this.name = 'ApiError';
    this.status = status;
    this.title = problem.title || `The server answered ${status}`;
    this.code = problem.code ?? null;
    this.issues = problem.issues ?? [];
    this.requestId = problem.requestId ?? null;
    this.body = body;
  }
}

/** The server could not be reached at all. */
export class ConnectionError extends Error {
  constructor(cause: unknown) {
    super('The server does not answer. Check that it runs and that this machine can reach it, then try again.', { cause });
    this.name = 'ConnectionError';
  }
}

/** Reads a response's error, whatever form it has. */
export async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    return new ApiError(response.status, JSON.parse(text));
  } catch {
    return new ApiError(response.status, { detail: text.slice(0, 500) });
  }
}
