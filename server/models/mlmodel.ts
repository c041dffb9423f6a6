import { join } from 'node:path';
import { graphTypeOf } from '#nodes/kit/onnx/graph-type.ts';
import type { Signature } from '#nodes/kit/signature.ts';
import type { ColumnType } from '#nodes/kit/table.ts';
import { newId } from '../db/ids.ts';
import type { StepPool } from '../executor/step-pool.ts';
import type { Store } from '../store/store.ts';
import type { ModelVersion } from './views.ts';
import { zipOf, type ZipEntry } from './zip.ts';

/** MLflow's name of a column's values in our graphs: numbers travel as float32, to which MLflow's loader turns doubles. */
const kindOf = (type: ColumnType): string => (graphTypeOf(type) === 'string' ? 'string' : 'double');

/** A text as a YAML value: JSON strings are YAML. */
const text = (value: string): string => JSON.stringify(value);

const PYTHON = '3.11';
const REQUIREMENTS = ['mlflow', 'onnx', 'onnxruntime', 'numpy', 'pandas'];

/** MLflow's signature: lists of columns as JSON. */
export function mlflowSignature({ inputs, outputs }: Signature): { inputs: string; outputs: string } {
  return {
    inputs: JSON.stringify(inputs.map(({ name, type, required }) => ({ type: kindOf(type), name, required }))),
    outputs: JSON.stringify(outputs.map(({ name, type }) => ({ type: kindOf(type), name, required: true }))),
  };
}

/** Where the files of a model are. */
export interface ModelPaths {
  /** As it is. */
  readonly onnx: string;
  /** With plain columns as inputs, as MLflow feeds them. */
  readonly columns: string;
}

/**
 * The folder that MLflow reads: MLmodel, the ONNX file as it is for `mlflow.onnx.load_model`, one with plain columns as inputs for
 * `mlflow.pyfunc.load_model` and `mlflow models serve`, and what both need to run.
 */
export function mlmodelFolder(name: string, { version, signature, createdAt, hash, runId }: ModelVersion, { onnx, columns }: ModelPaths): ZipEntry[] {
  const { inputs, outputs } = mlflowSignature(signature);
  const mlmodel = [
    `artifact_path: ${text(name)}`,
    'flavors:',
    '  onnx:',
    '    code: null',
    '    data: model.onnx',
    '    providers:',
    '    - CPUExecutionProvider',
    '    save_as_external_data: false',
    '  python_function:',
    '    data: columns.onnx',
    '    env:',
    '      conda: conda.yaml',
    '      virtualenv: python_env.yaml',
    '    loader_module: mlflow.onnx',
    `    python_version: ${text(PYTHON)}`,
    'metadata:',
    `  modelwright_version: ${text(String(version))}`,
    `model_uuid: ${text(hash.slice(0, 32))}`,
    ...(runId === null ? [] : [`run_id: ${text(runId)}`]),
    'signature:',
    `  inputs: ${text(inputs)}`,
    `  outputs: ${text(outputs)}`,
    '  params: null',
    `utc_time_created: ${text(createdAt.replace('T', ' ').replace('Z', ''))}`,
  ];
  const conda = [
    'channels:',
    '- conda-forge',
    'dependencies:',
    `- python=${PYTHON}`,
    '- pip',
    '- pip:',
    ...REQUIREMENTS.map((each) => `  - ${each}`),
    'name: mlflow-env',
  ];
  const environment = [`python: ${text(PYTHON)}`, 'build_dependencies:', '- pip', 'dependencies:', '- -r requirements.txt'];
  const file = (path: string, lines: readonly string[]): ZipEntry => ({ name: path, content: { text: `${lines.join('\n')}\n` } });
  return [
    file('MLmodel', mlmodel),
    file('requirements.txt', REQUIREMENTS),
    file('conda.yaml', conda),
    file('python_env.yaml', environment),
    { name: 'model.onnx', content: { path: onnx } },
    { name: 'columns.onnx', content: { path: columns } },
  ];
}

/** That folder as a ZIP archive; the file with plain columns is made in a step process before the first byte, and goes with the last. */
export async function mlmodelArchive(
  { store, pool }: { readonly store: Pick<Store, 'newOutputFolder' | 'removeOutputFolder'>; readonly pool: Pick<StepPool, 'task'> },
  name: string,
  version: ModelVersion,
  onnx: string,
): Promise<AsyncGenerator<Uint8Array>> {
  const attempt = newId();
  const columns = join(await store.newOutputFolder(attempt), 'columns.onnx');
  try {
    await pool.task('plainColumns', { path: onnx, signature: version.signature, to: columns });
  } catch (error) {
    store.removeOutputFolder(attempt);
    throw error;
  }
  return (async function* () {
    try {
      yield* zipOf(mlmodelFolder(name, version, { onnx, columns }));
    } finally {
      store.removeOutputFolder(attempt);
    }
  })();
}
