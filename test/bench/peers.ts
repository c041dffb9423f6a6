import { execFileSync } from 'node:child_process';

/** The Python of the virtual environment with the peers, if there is one: MODELWRIGHT_PYTHON, or the one that `npm run test:interop` made. */
export function pythonWith(...modules: string[]): string | null {
  for (const python of [process.env.MODELWRIGHT_PYTHON, '.venv/bin/python', 'python3']) {
    if (!python) continue;
    try {
      execFileSync(python, ['-c', modules.map((name) => `import ${name}`).join('\n')], { stdio: 'ignore' });
      return python;
    } catch {
      continue;
    }
  }
  return null;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
