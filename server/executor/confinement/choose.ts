import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { CgroupConfinement, readOr } from './cgroup.ts';
import { cgroupV1, cgroupV2, ownGroup } from './cgroup-versions.ts';
import { unconfined, type Confinement } from './confinement.ts';
import { dataLimit } from './data-limit.ts';
import { commandPath, findLauncher } from './launcher.ts';

export interface ConfinementOptions {
  /** The server's data folder: no two servers share one, so it names what is made for this server. */
  readonly dataFolder: string;
  /** Only these are tried, in this order. */
  readonly allowed?: readonly Confinement['name'][];
}

/** Both programs wait for input that never comes. */
function sleeper(): { pid: number; end(): Promise<void> } {
  const child = spawn(commandPath('cat') ?? process.execPath, [], { stdio: ['pipe', 'ignore', 'ignore'] });
  const gone = once(child, 'close');
  return {
    pid: child.pid!,
    end: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/**
 * Finds the strongest confinement of step processes that works here, by trying it. Call it with the data folder locked: what an earlier server
 * on the same folder left is ended and removed.
 */
export async function chooseConfinement({ dataFolder, allowed = ['cgroup-v2', 'cgroup-v1', 'data-limit', 'none'] }: ConfinementOptions): Promise<Confinement> {
  const launcher = findLauncher();
  const key = createHash('sha256').update(dataFolder).digest('hex').slice(0, 16);
  for (const name of allowed) {
    if (name === 'none') break;
    if (name === 'data-limit') {
      const prlimit = commandPath('prlimit');
      if (prlimit && spawnSync(prlimit, ['--pid', String(process.pid), '--data'], { stdio: 'ignore', timeout: 5_000 }).status === 0)
        return dataLimit(prlimit, launcher);
      continue;
    }
    const parent = ownGroup(name, readOr('/proc/self/cgroup', ''), readOr('/proc/self/mountinfo', ''));
    const version = name === 'cgroup-v1' ? cgroupV1 : cgroupV2;
    const confinement = parent && (await CgroupConfinement.open(version, parent, key, launcher, sleeper));
    if (confinement) return confinement;
  }
  return unconfined(launcher);
}
