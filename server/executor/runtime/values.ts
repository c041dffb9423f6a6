import { copyFile, readFile, rename } from 'node:fs/promises';
import type { Kind, Kinds, Learner, Model, Transform, FileValue } from '#nodes/kit/kinds.ts';
import type { Report } from '#nodes/kit/reports.ts';
import type { Table } from '#nodes/kit/table.ts';
import type { ArtifactFile, ArtifactMeta, ProducedArtifact } from '../messages.ts';
import { canonicalJson, seal, writeSealed } from './seal.ts';
import type { Workbench } from './workbench.ts';

/** What `infer` sees of an artifact. */
export function specOf(meta: ArtifactMeta): Kinds[Kind]['spec'] {
  switch (meta.kind) {
    case 'table':
      return meta.schema;
    case 'learner':
      return meta.spec;
    case 'model':
      return { task: meta.signature.task, label: meta.signature.label?.name, signature: meta.signature };
    case 'transform':
      return { signature: meta.signature };
    case 'report':
      return { report: meta.report as Report['type'] };
    case 'file':
    case 'images':
      return {};
  }
}

/** The value that a run gets for an artifact. */
export async function valueOf(artifact: ArtifactFile, workbench: Workbench): Promise<Kinds[Kind]['value']> {
  const { path, meta } = artifact;
  switch (meta.kind) {
    case 'table':
      return workbench.openArtifact(artifact);
    case 'learner':
      return meta.value;
    case 'model':
      return { onnx: await readFile(path), signature: meta.signature, summary: meta.summary };
    case 'transform':
      return { onnx: await readFile(path), signature: meta.signature };
    case 'report':
      return JSON.parse(await readFile(path, 'utf8')) as Report;
    case 'file':
    case 'images':
      return { path, name: meta.name };
  }
}

/** Writes what a run gave on a port as a file, and describes it. A value that came in unchanged keeps its file. */
export async function produce(
  port: string,
  kind: Kind,
  value: unknown,
  known: ReadonlyMap<unknown, ArtifactFile>,
  workbench: Workbench,
): Promise<ProducedArtifact> {
  const same = known.get(value);
  if (same) return { port, kind, path: same.path, hash: same.hash, bytes: same.bytes, meta: same.meta };
  switch (kind) {
    case 'table': {
      const table = await workbench.stored(value as Table);
      const { schema, rowCount, query } = table;
      if (query) {
        const path = workbench.newPath('json');
        return { port, kind, path, ...(await writeSealed(path, canonicalJson(query))), meta: { kind, schema, rowCount, query } };
      }
      const path = await workbench.claim(await table.file());
      return { port, kind, path, ...(table.sealed ?? (await seal(path))), meta: { kind, schema, rowCount } };
    }
    case 'learner': {
      const learner = value as Learner;
      const { params: _params, ranges: _ranges, ...spec } = learner;
      const path = workbench.newPath('json');
      return { port, kind, path, ...(await writeSealed(path, canonicalJson(learner))), meta: { kind, spec, value: learner } };
    }
    case 'model': {
      const { onnx, signature, summary } = value as Model;
      const path = workbench.newPath('onnx');
      return { port, kind, path, ...(await writeSealed(path, onnx)), meta: { kind, signature, summary } };
    }
    case 'transform': {
      const { onnx, signature } = value as Transform;
      const path = workbench.newPath('onnx');
      return { port, kind, path, ...(await writeSealed(path, onnx)), meta: { kind, signature } };
    }
    case 'report': {
      const path = workbench.newPath('json');
      return { port, kind, path, ...(await writeSealed(path, canonicalJson(value))), meta: { kind, report: (value as Report).type } };
    }
    case 'file':
    case 'images': {
      const { path: made, name } = value as FileValue;
      const path = workbench.newPath('bin');
      await rename(made, path).catch(() => copyFile(made, path));
      return { port, kind, path, ...(await seal(path)), meta: { kind, name } };
    }
  }
}
