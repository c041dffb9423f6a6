import type { Signature } from '#nodes/kit/signature.ts';
import { isTextual, type ColumnType } from '#nodes/kit/table.ts';
import type { ModelVersion } from './views.ts';
import type { ZipEntry } from './zip.ts';

/** MLflow's name of a column's values in our graphs: numbers travel as float32, to which MLflow's loader turns doubles. */
const kindOf = (type: ColumnType): string => (isTextual(type) ? 'string' : 'double');

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

/**
 * The folder that `mlflow.onnx.load_model` and `mlflow models serve` read: MLmodel, the ONNX file as it is, and what it needs to run.
 * `onnx` is the path of the model's file.
 */
export function mlmodelFolder(name: string, { version, signature, createdAt, hash, runId }: ModelVersion, onnx: string): ZipEntry[] {
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
    '    data: model.onnx',
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
  ];
}
