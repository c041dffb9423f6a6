import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cgroupV2, ownGroup } from './cgroup-versions.ts';

const mounts = `22 1 0:20 / /proc rw - proc proc rw
30 23 0:26 / /sys/fs/cgroup/memory rw,nosuid shared:9 - cgroup cgroup rw,memory
31 23 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
32 23 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate`;

test('the group of this process is found in both versions', () => {
  const groups = '4:cpu,cpuacct:/slice\n3:memory:/system.slice/studio.service\n0::/user.slice';
  expect(ownGroup('cgroup-v1', groups, mounts)).toBe('/sys/fs/cgroup/memory/system.slice/studio.service');
  expect(ownGroup('cgroup-v2', groups, mounts)).toBe('/sys/fs/cgroup/unified/user.slice');
  expect(ownGroup('cgroup-v1', '0::/user.slice', mounts)).toBeNull();
  expect(ownGroup('cgroup-v2', '', '')).toBeNull();
});

test('a container sees its own part of the host’s groups', () => {
  const inside = '30 23 0:26 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory';
  expect(ownGroup('cgroup-v1', '3:memory:/docker/abc/steps', inside)).toBe('/sys/fs/cgroup/memory/steps');
  expect(ownGroup('cgroup-v1', '3:memory:/docker/abc', inside)).toBe('/sys/fs/cgroup/memory');
});

test('version 2 hands memory on, takes swap into the limit, and leaves a limit that would end the process at once', () => {
  const group = mkdtempSync(join(tmpdir(), 'modelwright-group-'));
  try {
    const read = (file: string): string => readFileSync(join(group, file), 'utf8');
    writeFileSync(join(group, 'cgroup.controllers'), 'cpu io\n');
    expect(() => cgroupV2.delegate(group)).toThrow('not counted');
    writeFileSync(join(group, 'cgroup.controllers'), 'cpu io memory\n');
    cgroupV2.delegate(group);
    expect(read('cgroup.subtree_control')).toBe('+memory');
    cgroupV2.prepare(group);
    expect([read('memory.swap.max'), read('memory.oom.group')]).toEqual(['0', '1']);
    writeFileSync(join(group, 'memory.current'), '1000\n');
    expect(cgroupV2.setMemory(group, 900)).toBe(false);
    expect(readdirSync(group)).not.toContain('memory.max');
    expect(cgroupV2.setMemory(group, 2_000)).toBe(true);
    expect(read('memory.max')).toBe('2000');
  } finally {
    rmSync(group, { recursive: true });
  }
});
