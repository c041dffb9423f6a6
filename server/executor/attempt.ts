import type { Effect } from '#nodes/kit/context.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { StepError } from '#pipelines/events.ts';
import type { PlannedStep } from '#pipelines/plan.ts';
import type { ArtifactExchange, ArtifactReference, AttemptSpec } from '#server/compute/adapter.ts';
import type { Compute } from '#server/compute/computes.ts';
import { ArtifactDamaged } from '#server/store/store.ts';
import type { ArtifactFile, ProducedArtifact } from './messages.ts';
import { headlineOfFile } from './headline.ts';
import { sourcesOf } from './query-sources.ts';
import { fileOf, type ArtifactRecord } from './run-records.ts';
import type { PreparedEffect } from './run-types.ts';
import type { LiveRunFacts, RunWorld } from './run-world.ts';
import { assetsOf, readDatasetKey, type StepKey } from './step-key.ts';
import type { StepReport } from './step-pool.ts';

export type AttemptEnd =
  | {
      readonly type: 'succeeded';
      readonly outputs: ReadonlyMap<string, ArtifactRecord>;
      readonly effects: readonly PreparedEffect[];
      readonly headline: string | null;
      readonly peakBytes: number;
      readonly cpuMilliseconds: number;
      /** Lets go of the published files; call it when rows name them, or never will. */
      readonly release: () => void;
    }
  | { readonly type: 'failed' | 'crashed'; readonly error: StepError }
  /** The file of what enters the step is damaged or gone. */
  | { readonly type: 'starved'; readonly error: StepError; readonly hash: string }
  | { readonly type: 'stopped' };

export interface AttemptRequest {
  readonly world: RunWorld;
  readonly run: LiveRunFacts;
  readonly step: PlannedStep;
  readonly key: StepKey;
  readonly stepId: string;
  readonly attemptId: string;
  readonly compute: Compute;
  /** Output ports whose tables are read by queries alone. */
  readonly lazyPorts: readonly string[];
  readonly threads: number;
  readonly memoryBytes: number;
  readonly signal: AbortSignal;
  report(report: StepReport): void;
  prepareEffect(effect: Effect, input: ArtifactFile): Promise<PreparedEffect> | PreparedEffect;
  /** The compute is done with an attempt that went well; what it gave is still to be taken into the store. */
  onFree(): void;
}

const failed = (code: StepError['code'], message: string, param?: string | null): AttemptEnd => ({
  type: 'failed',
  error: { code, message, ...(param ? { param } : {}) },
});

/** Carries out one attempt of a step: gives it to the compute, and takes its outputs into the store. Never rejects. */
export async function attempt(request: AttemptRequest): Promise<AttemptEnd> {
  const { world, attemptId } = request;
  const { adapter } = request.compute;
  try {
    const handle = adapter.submit(specOf(request), world.exchange, request.report);
    const stop = (): void => adapter.stop(handle);
    request.signal.addEventListener('abort', stop, { once: true });
    if (request.signal.aborted) stop();
    const result = await adapter.result(handle);
    request.signal.removeEventListener('abort', stop);
    if (result.type === 'cancelled') return { type: 'stopped' };
    // What became of an input that changed meanwhile says nothing.
    await Promise.all([...request.key.inputs.values()].map((record) => verify(record, world.exchange)));
    if (result.type === 'failed') return failed(result.code, result.message, result.param);
    if (result.type === 'crashed')
      return result.outOfMemory ? failed('memory_exhausted', result.message) : { type: 'crashed', error: { code: 'step_crashed', message: result.message } };
    request.onFree();
    return await publish(request, result);
  } catch (error) {
    const lost = error instanceof ArtifactDamaged ? lostAsset(request, error.hash) : null;
    if (lost !== null) return failed('data_missing', lost);
    if (error instanceof ArtifactDamaged)
      return { type: 'starved', hash: error.hash, error: { code: 'data_missing', message: `What enters this step is damaged: ${error.message}` } };
    if (error instanceof NodeError) return failed(error.code, error.message, error.param);
    world.onError(error, request.run.id);
    return { type: 'crashed', error: { code: 'step_crashed', message: 'The server could not carry out this step; its log says why.' } };
  } finally {
    // What comes next need not wait for that.
    world.tidy(Promise.all([world.exchange.release(attemptId), adapter.cleanup({ attemptId })]));
  }
}

async function verify({ hash, meta }: ArtifactRecord, exchange: ArtifactExchange): Promise<void> {
  await exchange.open(hash);
  if (meta.kind === 'table' && meta.query) await sourcesOf(meta.query, hash, (each) => exchange.open(each));
}

function specOf({ world, run, step, key, stepId, attemptId, threads, memoryBytes, lazyPorts }: AttemptRequest): AttemptSpec {
  const inputs: Record<string, ArtifactReference> = {};
  for (const [port, record] of key.inputs) inputs[port] = referenceOf(record);
  const used = assetsOf(step, world.catalog, run.assets);
  const datasets: Record<string, ArtifactReference> = {};
  for (const [name, hash] of Object.entries(used.datasets)) {
    const record = world.records.artifact(run.workspaceId, hash);
    if (!record) throw new NodeError('data_missing', goneDataset(name));
    datasets[name] = referenceOf(record);
  }
  const kept = used.kept === null ? undefined : world.records.artifact(run.workspaceId, used.kept);
  if (used.kept !== null && !kept) throw new NodeError('data_missing', GONE_ROWS);
  return {
    attemptId,
    stepId,
    node: { id: step.node, type: step.type, version: step.version },
    params: step.params,
    inputs,
    datasets,
    files: used.files,
    connections: used.connections,
    kept: kept && referenceOf(kept),
    threads,
    memoryBytes,
    allowedHosts: world.allowedHosts,
    lazyPorts,
  };
}

/** What to say when a file is gone or damaged that no step made. */
function lostAsset({ world, run, step }: AttemptRequest, hash: string): string | null {
  const { datasets, files, kept } = assetsOf(step, world.catalog, run.assets);
  if (hash === kept) return GONE_ROWS;
  const dataset = Object.keys(datasets).find((name) => datasets[name] === hash);
  if (dataset !== undefined) return goneDataset(dataset);
  const file = Object.values(files).find((each) => each.hash === hash);
  return file ? `The file "${file.name}", as it was when this run was asked for, is gone. Upload it again, choose it in the node, and start a new run.` : null;
}

const GONE_ROWS = 'The rows that this step adds to are gone or damaged. Run everything anew, without reuse, to read all rows again.';

function goneDataset(key: string): string {
  const { name, version } = readDatasetKey(key);
  const which = version === null ? `dataset "${name}"` : `version ${version} of the dataset "${name}"`;
  return `The ${which}, as it was when this run was asked for, is gone. Upload it again, or choose another, and start a new run.`;
}

const referenceOf = ({ hash, bytes, meta }: ArtifactRecord): ArtifactReference => ({ hash, bytes, meta });

interface Given {
  readonly outputs: readonly ProducedArtifact[];
  readonly effects: readonly Effect[];
  readonly peakBytes: number;
  readonly cpuMilliseconds: number;
}

async function publish(request: AttemptRequest, { outputs: produced, effects, peakBytes, cpuMilliseconds }: Given): Promise<AttemptEnd> {
  const { world, key } = request;
  const holds = produced.map(({ hash }) => world.store.hold(hash));
  const release = (): void => holds.forEach((each) => each());
  try {
    await Promise.all(produced.map(({ path, hash }) => world.store.publish(path, hash))).catch((cause: unknown) => {
      throw new Error('An output could not be taken into the store.', { cause });
    });
    const outputs = new Map<string, ArtifactRecord>();
    let headline: string | null = null;
    for (const { port, hash, kind, bytes, meta } of produced) {
      outputs.set(port, { hash, kind, bytes, meta });
      headline ??= headlineOfFile(meta, world.store.pathOf(hash));
    }
    const prepared: PreparedEffect[] = [];
    for (const effect of effects) {
      const input = key.inputs.get(effect.input);
      if (!input) throw new NodeError('port_missing', `Nothing enters on "${effect.input}". Connect it.`);
      prepared.push(await request.prepareEffect(effect, fileOf(input, (await world.store.open(input.hash)).path)));
    }
    return { type: 'succeeded', outputs, effects: prepared, headline, peakBytes, cpuMilliseconds, release };
  } catch (error) {
    release();
    throw error;
  }
}
