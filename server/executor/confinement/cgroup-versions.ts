import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readOr, written, type CgroupVersion } from './cgroup.ts';

/** Where a control group hierarchy is mounted, and what of it is seen there. */
interface Mount {
  readonly root: string;
  readonly folder: string;
}

function mountOf(mountInfo: string, type: 'cgroup' | 'cgroup2', controller: string | null): Mount | null {
  for (const line of mountInfo.split('\n')) {
    const [first = '', second = ''] = line.split(' - ', 2);
    const [, , , root, folder] = first.split(' ');
    const [fileSystem, , options = ''] = second.split(' ');
    if (root && folder && fileSystem === type && (!controller || options.split(',').includes(controller))) return { root, folder };
  }
  return null;
}

/**
 * The folder of the control group that this process is in, or null where there is none.
 * @param groups The text of /proc/self/cgroup.
 * @param mountInfo The text of /proc/self/mountinfo.
 */
export function ownGroup(name: CgroupVersion['name'], groups: string, mountInfo: string): string | null {
  const [type, controller] = name === 'cgroup-v1' ? (['cgroup', 'memory'] as const) : (['cgroup2', null] as const);
  const mount = mountOf(mountInfo, type, controller);
  const line = groups.split('\n').find((each) => (controller ? each.split(':')[1]?.split(',').includes(controller) : each.startsWith('0::')));
  const path = line?.slice(line.indexOf(':', line.indexOf(':') + 1) + 1);
  if (!mount || !path) return null;
  if (mount.root === '/') return join(mount.folder, path);
  // In a container the path may be the host's, while only the container's part is mounted.
  return path.startsWith(`${mount.root}/`) ? join(mount.folder, path.slice(mount.root.length)) : mount.folder;
}

export const cgroupV1: CgroupVersion = {
  name: 'cgroup-v1',
  events: 'memory.oom_control',
  limit: 'memory.limit_in_bytes',
  delegate: () => {},
  prepare: () => {},
  setMemory(group, bytes) {
    const limited = written(group, 'memory.limit_in_bytes', bytes);
    // Memory and swap together may never be less than memory alone, so on the way up this one comes first. Absent where swap is not counted.
    written(group, 'memory.memsw.limit_in_bytes', bytes);
    return limited || written(group, 'memory.limit_in_bytes', bytes);
  },
};

export const cgroupV2: CgroupVersion = {
  name: 'cgroup-v2',
  events: 'memory.events',
  limit: 'memory.max',
  delegate(folder) {
    const has = (file: string): boolean => readOr(join(folder, file), '').trim().split(/\s+/).includes('memory');
    if (!has('cgroup.controllers')) throw new Error('Memory is not counted in this group.');
    if (has('cgroup.subtree_control') || written(folder, 'cgroup.subtree_control', '+memory')) return;
    // A group that has processes itself hands nothing on. When the server is alone in there, it can step aside.
    if (readOr(join(folder, 'cgroup.procs'), '').trim() !== String(process.pid)) return;
    mkdirSync(join(folder, 'server'), { recursive: true });
    if (written(join(folder, 'server'), 'cgroup.procs', process.pid)) written(folder, 'cgroup.subtree_control', '+memory');
  },
  prepare(group) {
    // One process that is ended takes all it started with it.
    written(group, 'memory.oom.group', 1);
    written(group, 'memory.swap.max', 0);
  },
  setMemory(group, bytes) {
    // The kernel would end at once what holds more than a new limit.
    if (Number(readOr(join(group, 'memory.current'), '0')) >= bytes) return false;
    return written(group, 'memory.max', bytes);
  },
};
