import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** DuckDB, ONNX Runtime and Node together hold about forty. */
const OPEN_FILES = 4_096;
const NICENESS = 10;

/** The path of a command, or null. */
export function commandPath(name: string): string | null {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/bin', '/usr/sbin', '/sbin']) {
    const path = join(folder || '.', name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not there
    }
  }
  return null;
}

const works = (command: readonly string[]): boolean => spawnSync(command[0]!, command.slice(1), { stdio: 'ignore', timeout: 5_000 }).status === 0;

function openFiles(): number {
  const hard = Number(/^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1] ?? OPEN_FILES);
  return Math.min(OPEN_FILES, hard);
}

/**
 * The words that start a step process, each tried here and left out where it does not work: `setpriv` has the kernel end the process when the
 * server ends, whatever it is doing, and takes away privileges it might gain; `prlimit` bounds open files and forbids core dumps; `nice` lets the
 * server answer while all processors work on steps. They are of util-linux and coreutils. About ten milliseconds, once for each server.
 */
export function findLauncher(): string[] {
  const nothing = commandPath('true');
  if (process.platform !== 'linux' || !nothing) return [];
  const setpriv = commandPath('setpriv');
  const prlimit = commandPath('prlimit');
  const nice = commandPath('nice');
  const dying = ['--pdeathsig', 'KILL'];
  // Files may be another user's when the server is root: that one capability stays.
  const powerless = ['--nnp', '--inh-caps=-all', '--bounding-set=-all,+dac_override'];
  const starts = setpriv
    ? [...(process.getuid?.() === 0 ? [[setpriv, ...dying, ...powerless]] : []), [setpriv, ...dying, '--nnp'], [setpriv, ...dying], []]
    : [[]];
  const limits = prlimit ? [[prlimit, '--core=0', `--nofile=${openFiles()}`], []] : [[]];
  for (const start of starts)
    for (const limit of limits) {
      const launcher = [...start, ...limit, ...(nice ? [nice, '-n', String(NICENESS)] : [])];
      if (launcher.length === 0 || works([...launcher, nothing])) return launcher;
    }
  return [];
}
