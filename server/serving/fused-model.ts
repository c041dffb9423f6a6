import type { PipelineDocument } from '#pipelines/document.ts';
import type { Place, Scoring } from '#pipelines/scoring.ts';
import { newId } from '../db/ids.ts';
import { AppError } from '../errors.ts';
import type { ArtifactFile, EqualityProof, FuseResult } from '../executor/messages.ts';
import type { StepPool } from '../executor/step-pool.ts';
import type { Store } from '../store/store.ts';

/** Rows on which a fused graph is proved equal to the run. */
const PROOF_ROWS = 2_000;

export interface FusedModel {
  readonly hash: string;
  readonly bytes: number;
  readonly meta: FuseResult['artifact']['meta'] & { kind: 'model' };
  readonly proof: EqualityProof;
  readonly sample: FuseResult['sample'];
}

/**
 * Makes one ONNX file of a scoring path in a step process and proves it on rows of the run; the file is in the store when this returns, and
 * `release` must be called once a row names it. Throws 422 when a result is missing or the proof fails.
 */
export async function fuseScoring(
  { store, pool }: { readonly store: Store; readonly pool: StepPool },
  scoring: Pick<Scoring, 'stages' | 'input' | 'trained' | 'proof'>,
  artifact: (place: Place) => Promise<ArtifactFile>,
): Promise<{ model: FusedModel; release: () => void }> {
  const stages = await Promise.all(
    scoring.stages.map(async (stage) => (stage.as === 'columns' ? stage : { node: stage.node, as: 'graph' as const, artifact: await artifact(stage.from) })),
  );
  const trained = await artifact(scoring.trained);
  const raw = await artifact(scoring.proof.raw);
  const prepared = scoring.proof.prepared ? await artifact(scoring.proof.prepared) : null;
  const name = newId();
  const outputFolder = store.newOutputFolder(name);
  try {
    const result = await pool.task('fuse', {
      input: scoring.input,
      stages: [...stages, { node: scoring.trained.node, as: 'graph', artifact: trained }],
      proof: { raw, prepared, limit: PROOF_ROWS },
      outputFolder,
    });
    if (!result.proof.equal) throw new AppError(422, unequal(result.proof), { code: 'scoring_refused' });
    const { hash, bytes, meta, path } = result.artifact;
    if (meta.kind !== 'model') throw new Error('Fusing gave no model.');
    const release = store.hold(hash);
    await store.publish(path, hash);
    return { model: { hash, bytes, meta, proof: result.proof, sample: result.sample }, release };
  } finally {
    store.removeOutputFolder(name);
  }
}

const unequal = ({ rowCount, differingLabels, largestDifference }: EqualityProof): string =>
  `The fused model does not give what the run gave: of ${rowCount} rows ${differingLabels} have another label, and numbers differ by up to ${largestDifference.toExponential(1)}. Nothing was deployed.`;

/** The node whose model arrives at a port, past nodes that hand it on. */
export function trainedNode(document: PipelineDocument, node: string, port: string): string | undefined {
  for (let at = node, through = port, left = document.nodes.length; left > 0; left--) {
    const wire = document.edges.find(({ to }) => to.node === at && to.port === through);
    if (!wire) return undefined;
    const from = document.nodes.find(({ id }) => id === wire.from.node);
    if (from?.type !== 'register-model') return from?.id;
    at = from.id;
    through = 'model';
  }
  return undefined;
}
