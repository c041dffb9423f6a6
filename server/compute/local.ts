import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactFile, StepSpec } from '#server/executor/messages.ts';
import { sourcesOf } from '#server/executor/query-sources.ts';
import type { StepPool, StepReport, StepResult } from '#server/executor/step-pool.ts';
import type { ArtifactExchange, ArtifactReference, AttemptSpec, AttemptStatus, Capabilities, ComputeAdapter, Handle, Limits, OpenAdapter } from './adapter.ts';

interface Attempt {
  readonly controller: AbortController;
  readonly result: Promise<StepResult>;
  readonly lines: string[];
  status: AttemptStatus;
}

const LINES_KEPT = 1_000;

/**
 * Computes on this machine: all of them share the pool's processes, which has room for the slots of all. `scratchFolder` is where attempts get
 * folders of their own.
 */
export function localComputes(pool: StepPool, scratchFolder: string): OpenAdapter {
  const open = new Set<LocalCompute>();
  const resize = (): void => {
    const limits = [...open].map((each) => each.capabilities());
    pool.resize({ slots: limits.reduce((sum, { slots }) => sum + slots, 0), memoryBytes: Math.max(...limits.map(({ memoryBytes }) => memoryBytes)) });
  };
  return (limits) => {
    const compute: LocalCompute = new LocalCompute(pool, scratchFolder, limits, () => {
      if (compute.closed) open.delete(compute);
      if (open.size > 0) resize();
    });
    open.add(compute);
    resize();
    return compute;
  };
}

/** This machine: attempts run in step processes and end with the server. */
export class LocalCompute implements ComputeAdapter {
  closed = false;
  readonly #pool: StepPool;
  readonly #scratchFolder: string;
  readonly #changed: () => void;
  readonly #attempts = new Map<string, Attempt>();
  #limits: Limits;
  #cpuMilliseconds = 0;

  constructor(pool: StepPool, scratchFolder: string, limits: Limits, changed: () => void) {
    this.#pool = pool;
    this.#scratchFolder = scratchFolder;
    this.#limits = limits;
    this.#changed = changed;
  }

  capabilities(): Capabilities {
    return { ...this.#limits, outlivesServer: false };
  }

  get cpuMilliseconds(): number {
    return this.#cpuMilliseconds;
  }

  configure(limits: Limits): void {
    this.#limits = limits;
    this.#changed();
  }

  close(): void {
    this.closed = true;
    this.#changed();
  }

  submit(spec: AttemptSpec, exchange: ArtifactExchange, report: (report: StepReport) => void): Handle {
    const { attemptId } = spec;
    if (this.#attempts.has(attemptId)) return { attemptId };
    const controller = new AbortController();
    const lines: string[] = [];
    let counted = 0;
    const spent = (milliseconds: number): void => {
      this.#cpuMilliseconds += Math.max(0, milliseconds - counted);
      counted = Math.max(counted, milliseconds);
    };
    const heard = (each: StepReport): void => {
      if (each.type === 'usage') spent(each.cpuMilliseconds);
      if (each.type === 'log' && lines.length < LINES_KEPT) lines.push(each.message);
      report(each);
    };
    const result = this.#localised(spec, exchange)
      .then((local) => this.#pool.run(local, heard, controller.signal))
      .then((end) => {
        if ('cpuMilliseconds' in end) spent(end.cpuMilliseconds);
        return end;
      })
      .finally(() => {
        attempt.status = 'ended';
      });
    const attempt: Attempt = { controller, result, lines, status: 'running' };
    this.#attempts.set(attemptId, attempt);
    return { attemptId };
  }

  async #localised(spec: AttemptSpec, exchange: ArtifactExchange): Promise<StepSpec> {
    const { attemptId } = spec;
    const fileOf = async ({ hash, bytes, meta }: ArtifactReference): Promise<ArtifactFile> => {
      const file = { hash, bytes, meta, path: await exchange.open(hash) };
      return meta.kind === 'table' && meta.query ? { ...file, sources: await sourcesOf(meta.query, hash, (each) => exchange.open(each)) } : file;
    };
    const [inputs, datasets, files, connections, kept] = await Promise.all([
      each(spec.inputs, fileOf),
      each(spec.datasets, fileOf),
      each(spec.files, async ({ hash, name }) => ({ path: await exchange.open(hash), name })),
      each(spec.connections ?? {}, async ({ id, revision }) => exchange.connection(id, revision)),
      spec.kept && fileOf(spec.kept),
    ]);
    const folders = { outputFolder: await exchange.folder(attemptId), scratchFolder: join(this.#scratchFolder, attemptId) };
    return { ...spec, inputs, datasets, files, connections, kept, ...folders };
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

  async cleanup({ attemptId }: Handle): Promise<void> {
    if (this.#attempts.get(attemptId)?.status === 'ended') this.#attempts.delete(attemptId);
    const path = join(this.#scratchFolder, attemptId);
    // As a rule it was never made.
    await rmdir(path).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : rm(path, { recursive: true, force: true })));
  }
}

async function each<T, R>(record: Readonly<Record<string, T>>, change: (value: T) => Promise<R>): Promise<Record<string, R>> {
  return Object.fromEntries(await Promise.all(Object.entries(record).map(async ([key, value]) => [key, await change(value)] as const)));
}
