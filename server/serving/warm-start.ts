import { AppError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import type { DeploymentRow } from './endpoint-records.ts';
import type { DeploymentSettings } from './endpoint-settings.ts';
import { Inference } from './inference.ts';
import { rowReader } from './rows.ts';

export interface ProcessParts {
  readonly store: Pick<Store, 'open'>;
  /** The working directory of processes. */
  readonly emptyFolder: string;
  readonly threads: number;
}

/** Loads a model and lets each process score before anybody asks, so that the first request is as fast as any. Rejects when it cannot compute. */
export async function startWarm(
  { store, emptyFolder, threads }: ProcessParts,
  { hash, signature, sample }: Pick<DeploymentRow, 'hash' | 'signature'> & { readonly sample: readonly unknown[] },
  { workers, queueLimit, timeLimitMilliseconds: timeout }: DeploymentSettings,
  onDeath: (reason: string) => void,
): Promise<Inference> {
  const { path } = await store.open(hash);
  const inference = await Inference.start({ path, emptyFolder, threads, workers, queueLimit, timeout, onDeath }, signature);
  try {
    await dryRun(inference, signature, sample.slice(0, 1), workers);
  } catch (error) {
    await inference.close();
    throw error;
  }
  return inference;
}

async function dryRun(inference: Inference, signature: DeploymentRow['signature'], rows: readonly unknown[], workers: number): Promise<void> {
  if (rows.length === 0) return;
  let batch;
  try {
    batch = rowReader(signature).records(rows, { strict: false });
  } catch (error) {
    // A sample that does not fit says nothing of the model.
    if (error instanceof AppError) return;
    throw error;
  }
  for (let process = 0; process < workers; process++) await inference.score(batch);
}
