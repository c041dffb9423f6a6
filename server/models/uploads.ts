import type { ImportedMeaning, InspectedGraph } from '#nodes/kit/onnx/imported/types.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { Files } from '../assets/files.ts';
import type { ModelTags, ModelTrial } from '../db/schema/models.ts';
import { newId } from '../db/ids.ts';
import { AppError } from '../errors.ts';
import type { ImportModelRequest, ImportModelResult } from '../executor/messages.ts';
import { TaskCrashed, type StepPool } from '../executor/step-pool.ts';
import type { Store } from '../store/store.ts';
import type { Models } from './registry.ts';

/** What an uploaded file is, and how it is read. */
export interface ModelInspection {
  /** The uploaded file. */
  readonly file: string;
  readonly found: InspectedGraph;
  readonly meaning: ImportedMeaning;
  /** Why it cannot be registered so; null when it can. */
  readonly why: string | null;
  readonly trial: ModelTrial | null;
}
export interface UploadedVersion {
  readonly name: string;
  readonly description: string;
  readonly tags: ModelTags;
  readonly aliases: readonly string[];
  readonly meaning: ImportedMeaning | null;
  /** Rows that it must be able to score, where made-up ones are none that it knows. */
  readonly rows: ImportModelRequest['rows'];
}

/** An endless loop in a graph ends here. */
const TRIAL_MILLISECONDS = 30_000;

/** ONNX files made elsewhere on their way into the registry: nothing of them is read in this process. */
export class ModelUploads {
  readonly #parts: { readonly files: Files; readonly models: Models; readonly store: Store; readonly pool: Pick<StepPool, 'task'> };

  constructor(parts: { files: Files; models: Models; store: Store; pool: Pick<StepPool, 'task'> }) {
    this.#parts = parts;
  }

  /** Looks through an uploaded file and scores a few rows with it. Throws 422 for what is no model, or one that cannot be run here. */
  inspect(workspaceId: string, file: string, { meaning = null, rows = null }: Partial<Pick<ImportModelRequest, 'meaning' | 'rows'>>): Promise<ModelInspection> {
    return this.#import(workspaceId, file, { meaning, rows }, ({ found, meaning: read, why, trial }) =>
      Promise.resolve({ file, found, meaning: read, why, trial }),
    );
  }

  /** Adds a version with the file, which is then not kept as a file any more. Throws 422 when it is no model that scores rows. */
  async register(workspaceId: string, file: string, { meaning, rows, ...request }: UploadedVersion): Promise<{ name: string; version: number }> {
    const { files, models, store } = this.#parts;
    const { name: fileName } = files.get(workspaceId, file);
    const made = await this.#import(workspaceId, file, { meaning, rows }, async ({ found, meaning: read, why, artifact, trial }) => {
      if (why !== null || !artifact) throw new AppError(422, why ?? 'The file cannot be read as a model.', { code: 'model_mismatch' });
      const release = store.hold(artifact.hash);
      try {
        await store.publish(artifact.path, artifact.hash);
        const from = { workspaceId, artifact, origin: undefined, evaluations: [], headline: null };
        return models.add({ ...request, ...from, source: 'upload', fileName, checks: { ...found, meaning: read, trial } });
      } finally {
        release();
      }
    });
    files.remove(workspaceId, file);
    return made;
  }

  async #import<T>(
    workspaceId: string,
    file: string,
    { meaning, rows }: Pick<ImportModelRequest, 'meaning' | 'rows'>,
    use: (result: ImportModelResult) => Promise<T>,
  ): Promise<T> {
    const { files, store, pool } = this.#parts;
    const { path, name } = await files.open(workspaceId, file);
    const attempt = newId();
    const outputFolder = await store.newOutputFolder(attempt);
    try {
      const title = name.replace(/\.onnx$/i, '');
      return await use(await pool.task('importModel', { path, title, meaning, rows, outputFolder }, AbortSignal.timeout(TRIAL_MILLISECONDS)));
    } catch (error) {
      throw refusal(error);
    } finally {
      store.removeOutputFolder(attempt);
    }
  }
}

/** What the sender can mend is told so. */
function refusal(error: unknown): unknown {
  if (error instanceof NodeError && (error.code === 'model_mismatch' || error.code === 'memory_exhausted'))
    return new AppError(422, error.message, { code: error.code, cause: error });
  if (error instanceof TaskCrashed)
    return new AppError(422, 'The process that tried this model ended: it needs more memory than a step may use, or is damaged. Nothing was kept.', {
      code: 'model_mismatch',
      cause: error,
    });
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new AppError(422, `The model took longer than ${TRIAL_MILLISECONDS / 1_000} seconds to score five rows, so it was stopped. Nothing was kept.`, {
      code: 'time_exhausted',
      cause: error,
    });
  return error;
}
