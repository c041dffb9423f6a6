import type { StepSpec } from '#server/executor/messages.ts';
import type { StepPool, StepReport, StepResult } from '#server/executor/step-pool.ts';
import type { AttemptStatus, Capabilities, ComputeAdapter, Handle } from './adapter.ts';

interface Attempt {
  readonly controller: AbortController;
  readonly result: Promise<StepResult>;
  readonly lines: string[];
  status: AttemptStatus;
}

const LINES_KEPT = 1_000;

/** This machine: attempts run in the pool of step processes and end with the server. */
export class LocalCompute implements ComputeAdapter {
  readonly name = 'local';
  readonly #pool: StepPool;
  readonly #capabilities: Capabilities;
  readonly #attempts = new Map<string, Attempt>();

  constructor(pool: StepPool, limits: { threads: number; memoryBytes: number }) {
    this.#pool = pool;
    this.#capabilities = { slots: pool.slots, ...limits, outlivesServer: false };
  }

  capabilities(): Capabilities {
    return this.#capabilities;
  }

  submit(spec: StepSpec, report: (report: StepReport) => void): Handle {
    const { attemptId } = spec;
    if (this.#attempts.has(attemptId)) return { attemptId };
    const controller = new AbortController();
    const lines: string[] = [];
    const heard = (each: StepReport): void => {
      if (each.type === 'log' && lines.length < LINES_KEPT) lines.push(each.message);
      report(each);
    };
    const result = this.#pool.run(spec, heard, controller.signal).then((answer) => {
      attempt.status = 'ended';
      return answer;
    });
    const attempt: Attempt = { controller, result, lines, status: 'running' };
    this.#attempts.set(attemptId, attempt);
    return { attemptId };
  }

  status({ attemptId }: Handle): AttemptStatus {
    return this.#attempts.get(attemptId)?.status ?? 'unknown';
  }

  result({ attemptId }: Handle): Promise<StepResult> {
    const attempt = this.#attempts.get(attemptId);
    return attempt?.result ?? Promise.resolve({ type: 'crashed', id: attemptId, message: 'The attempt is not known to this server.', outOfMemory: false });
  }

  logs({ attemptId }: Handle, offset: number): { lines: readonly string[]; next: number } {
    const lines = this.#attempts.get(attemptId)?.lines ?? [];
    return { lines: lines.slice(offset), next: lines.length };
  }

  stop({ attemptId }: Handle): void {
    this.#attempts.get(attemptId)?.controller.abort();
  }

  cleanup({ attemptId }: Handle): void {
    if (this.#attempts.get(attemptId)?.status === 'ended') this.#attempts.delete(attemptId);
  }
}
