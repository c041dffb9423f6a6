import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The Python of the environment that `npm run test:interop` made. */
export function interpreter(): string {
  const path = process.env.MODELWRIGHT_PYTHON;
  if (!path) throw new Error('MODELWRIGHT_PYTHON is not set: run these tests by `npm run test:interop`.');
  return path;
}

/** Runs a script of this folder in the environment that `npm run test:interop` made and reads the JSON that it prints. */
export function python<T>(script: string, args: readonly string[], input?: unknown): T {
  const { status, stdout, stderr } = spawnSync(interpreter(), [join(import.meta.dirname, script), ...args], {
    input: input === undefined ? undefined : JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
