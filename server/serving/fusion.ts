import type { Catalog } from '#nodes/kit/define.ts';
import type { ModelSummary } from '#nodes/kit/reports.ts';
import type { Signature } from '#nodes/kit/signature.ts';
import { createInference, readInference, type Place, type Scoring } from '#pipelines/scoring.ts';
import { graphOf, wireInto } from '#pipelines/graph.ts';
import { parseParams } from '#pipelines/node-params.ts';
import { runningPart } from '#pipelines/running.ts';
import type { AnySpec, Observed } from '#pipelines/propagate.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import type { PlacedIssue } from '#pipelines/check.ts';
import type { Assets } from '#nodes/kit/define.ts';
import { newId } from '../db/ids.ts';
import { AppError } from '../errors.ts';
import type { ArtifactFile, ArtifactMeta, EqualityProof, FuseStage } from '../executor/messages.ts';
import type { StepPool } from '../executor/step-pool.ts';
import type { PlainTables } from '../assets/plain-tables.ts';
import type { Store } from '../store/store.ts';

const PROOF_ROWS = 1_000;

/** One ONNX file from the request to the score, with the proof that it gives what its parts give. */
export interface Fused {
  readonly hash: string;
  readonly bytes: number;
  readonly signature: Signature;
  readonly summary: ModelSummary;
  /** The trained model within it. */
  readonly modelHash: string;
  readonly proof: EqualityProof;
  readonly sample: readonly Record<string, string | number | boolean | null>[];
  /** The rows that it learned from, as requests have them; null when nobody knows. */
  readonly training: ArtifactFile | null;
  /** Lets a sweep have the file; call it once a row names it, or when it is given up. */
  readonly release: () => void;
}

export const refused = (issues: readonly PlacedIssue[]): AppError =>
  new AppError(422, issues.find((issue) => issue.level === 'error')?.message ?? 'This pipeline cannot be served.', { code: 'scoring_refused', issues });

const notRun = (place: Place): AppError =>
  new AppError(422, `“${place.node}” has no result yet. Run the training pipeline, then deploy.`, {
    code: 'scoring_refused',
    issues: [{ code: 'scoring_refused', level: 'error', node: place.node, message: 'This node has no result yet. Run the training pipeline first.' }],
  });

/** Fuses the fitted graphs of a scoring path in a step process. Throws 422 when a part has not run or the proof fails. */
export async function fusePath(
  scoring: Scoring,
  artifactAt: (place: Place) => Promise<ArtifactFile | undefined>,
  { pool, store, tables }: { pool: Pick<StepPool, 'task'>; store: Store; tables: Pick<PlainTables, 'plain'> },
): Promise<Fused> {
  const at = async (place: Place): Promise<ArtifactFile> => {
    const artifact = await artifactAt(place);
    if (!artifact) throw notRun(place);
    return artifact;
  };
  const stages: FuseStage[] = [];
  for (const stage of scoring.stages) {
    stages.push(
      stage.as === 'graph' ? { node: stage.node, as: 'graph', artifact: await at(stage.from) } : { node: stage.node, as: 'columns', steps: stage.steps },
    );
  }
  const trained = await at(scoring.trained);
  stages.push({ node: scoring.trained.node, as: 'graph', artifact: trained });
  const raw = await tables.plain(await at(scoring.proof.raw));
  const made = scoring.proof.prepared ? await artifactAt(scoring.proof.prepared) : undefined;
  const prepared = made ? await tables.plain(made) : null;

  const attempt = newId();
  const outputFolder = await store.newOutputFolder(attempt);
  try {
    const { artifact, proof, sample } = await pool.task('fuse', { input: scoring.input, stages, proof: { raw, prepared, limit: PROOF_ROWS }, outputFolder });
    if (artifact.meta.kind !== 'model') throw new Error('The fuse task gave no model.');
    if (!proof.equal) {
      throw new AppError(
        422,
        `The fused model does not give what its parts give: ${proof.differingLabels} of ${proof.rowCount} labels differ, numbers by up to ${proof.largestDifference.toPrecision(3)}. Nothing was deployed; run the whole training pipeline again and deploy then.`,
        { code: 'proof_failed' },
      );
    }
    const release = store.hold(artifact.hash);
    await store.publish(artifact.path, artifact.hash).catch((error: unknown) => {
      release();
      throw error;
    });
    const { signature, summary } = artifact.meta;
    return { hash: artifact.hash, bytes: artifact.bytes, signature, summary, modelHash: trained.hash, proof, sample, training: raw, release };
  } finally {
    store.removeOutputFolder(attempt);
  }
}

/** What an inference pipeline says of its path. Throws 422 when it is not one whole line. */
export function pathOfDocument(document: PipelineDocument, catalog: Catalog): Scoring {
  const { scoring, issues } = readInference(document, catalog);
  if (!scoring) throw refused(issues);
  return scoring;
}

/** The path to the model that a node of a training pipeline trains or gets, such as Deploy to Endpoint; null: of the only one there is. Throws 422 with the reason when there is none. */
export function pathToNode(
  document: PipelineDocument,
  node: string | null,
  { catalog, assets, observed }: { catalog: Catalog; assets: Assets; observed: Observed },
): Scoring {
  const result = createInference(document, { catalog, assets, observed, model: node === null ? undefined : trainingNode(document, node, catalog) });
  if (result.document === null) throw refused(result.issues);
  return result;
}

/** Follows the model wire back over nodes that pass it on, to the one that trains. */
function trainingNode(document: PipelineDocument, start: string, catalog: Catalog): string | undefined {
  const graph = graphOf(runningPart(document, catalog).running);
  const seen = new Set<string>();
  for (let id: string | undefined = start; id !== undefined && !seen.has(id);) {
    seen.add(id);
    const node = graph.nodes.get(id);
    const definition = node && catalog[node.type];
    if (!node || !definition) return undefined;
    const params = parseParams(definition, node).params;
    if (params && definition.atScoring(params as never, {}).as === 'train') return id;
    const port: string | undefined = Object.keys(definition.inputs as Record<string, { kind: string }>).find(
      (name) => definition.inputs[name].kind === 'model',
    );
    id = port === undefined ? undefined : wireInto(graph, id, port)?.from.node;
  }
  return undefined;
}

/** What `infer` would say of a result, had it known. */
export function specOfMeta(meta: ArtifactMeta): AnySpec | undefined {
  switch (meta.kind) {
    case 'table':
      return meta.schema;
    case 'model':
      return { task: meta.summary.task, label: meta.signature.label?.name, signature: meta.signature };
    case 'transform':
      return { signature: meta.signature };
    case 'learner':
      return meta.spec;
    default:
      return undefined;
  }
}
