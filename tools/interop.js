// npm run test:interop: the tests against other people's tools (scikit-learn, onnx, onnxruntime, tritonclient, MLflow) in a virtual environment made here.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve('.venv');
const requirements = resolve('test/interop/requirements.txt');
const python = join(folder, 'bin', 'python');

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, MODELWRIGHT_PYTHON: python } });
  if (error || status !== 0) {
    console.error(`${command} ${args.join(' ')} ended with ${error?.message ?? status}.`);
    process.exit(1);
  }
}

const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
const marker = join(folder, '.modelwright');
if (!existsSync(marker) || readFileSync(marker, 'utf8') !== wanted) {
  run('python3', ['-m', 'venv', '--clear', folder]);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements]);
  writeFileSync(marker, wanted);
}
run('vitest', ['run', '--project', 'interop', ...process.argv.slice(2)]);
