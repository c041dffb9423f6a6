import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeError } from '#nodes/kit/issues.ts';
import type { ModelSummary } from '#nodes/kit/reports.ts';
import type { ArtifactFile, FuseRequest, FuseResult, FuseStage, ProducedArtifact } from '../messages.ts';
import { writeSealed } from '../runtime/seal.ts';
import { Workbench } from '../runtime/workbench.ts';
import type { TaskLimits } from './limits.ts';

/** Fuses the fitted graphs of a scoring path into one ONNX file, and proves on rows that it gives what they give. */
export async function fuseStages({ input, stages, proof, outputFolder }: FuseRequest, limits: TaskLimits): Promise<FuseResult> {
  const [{ fuse }, { proveFused, sampleRows }, { createOnnxRunner }] = await Promise.all([
    import('#nodes/kit/onnx/fuse.ts'),
    import('#nodes/kit/onnx/prove.server.ts'),
    import('#nodes/kit/onnx/session.server.ts'),
  ]);
  const loaded = await Promise.all(stages.map(loadStage));
  const summary = summaryOf(stages);
  const fused = fuse(loaded, input, summary);
  const artifacts = [proof.raw, ...(proof.prepared ? [proof.prepared] : [])];
  const scratch = await mkdtemp(join(limits.temporaryFolder, 'modelwright-fuse-'));
  const workbench = new Workbench({
    outputFolder: scratch,
    scratchFolder: scratch,
    memoryBytes: limits.memoryBytes,
    files: artifacts.map(({ path }) => path),
    signal: limits.signal,
  });
  try {
    const raw = await firstRows(workbench, proof.raw, proof.limit);
    const prepared = proof.prepared ? await firstRows(workbench, proof.prepared, proof.limit) : null;
    const equality = await proveFused({ stages: loaded, fused, input, raw, prepared }, createOnnxRunner({ threads: 1 }), limits.signal);
    const path = join(outputFolder, 'fused.onnx');
    const artifact: ProducedArtifact = {
      port: 'model',
      kind: 'model',
      path,
      ...(await writeSealed(path, fused.onnx)),
      meta: { kind: 'model', signature: fused.signature, summary },
    };
    return { artifact, proof: equality, sample: sampleRows(fused.signature, raw) };
  } finally {
    await workbench.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function loadStage(stage: FuseStage) {
  if (stage.as === 'columns') return stage;
  const { meta, path } = stage.artifact;
  if (meta.kind !== 'model' && meta.kind !== 'transform') throw new NodeError('model_mismatch', `What “${stage.node}” made is no fitted graph.`);
  return { as: 'graph' as const, node: stage.node, onnx: await readFile(path), signature: meta.signature };
}

function summaryOf(stages: readonly FuseStage[]): ModelSummary {
  const model = stages.findLast((stage) => stage.as === 'graph' && stage.artifact.meta.kind === 'model');
  if (model?.as !== 'graph' || model.artifact.meta.kind !== 'model')
    throw new NodeError('model_mismatch', 'There is no trained model on the path, so there is nothing to serve.');
  return model.artifact.meta.summary;
}

/** The first rows of a table artifact in memory. */
async function firstRows(workbench: Workbench, artifact: ArtifactFile, limit: number) {
  if (artifact.meta.kind !== 'table') throw new NodeError('model_mismatch', 'The rows to prove on are no table.');
  const { schema, rowCount } = artifact.meta;
  const whole = workbench.open(artifact.path, schema, rowCount);
  const table = rowCount > limit ? await workbench.query(`SELECT * FROM source LIMIT ${Math.trunc(limit)}`, { source: whole }, schema) : whole;
  return { schema, columns: await table.read(), rowCount: table.rowCount };
}
