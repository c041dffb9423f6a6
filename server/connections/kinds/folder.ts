import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { NodeError } from '#nodes/kit/issues.ts';
import * as param from '#nodes/kit/params.ts';
import { allowedPath, folderWithin, openWithin, partsOf, within } from '../allowed-folders.ts';
import { defineKind, type ConnectionItem, type OpenConnection } from '../kind.ts';

const MOST_ITEMS = 10_000;

/** Files in a folder of this machine that the owner allows. */
export const folder = defineKind({
  kind: 'folder',
  title: 'Folder',
  summary: 'Files in a folder of the machine that Modelwright runs on.',
  gives: 'files',
  writes: true,
  lists: true,
  settings: z.object({
    folder: param.text({
      title: 'Folder',
      help: 'The whole path. The owner of this installation says under which folders it may be: MODELWRIGHT_ALLOWED_FOLDERS.',
      default: '',
      maximum: 4_000,
      placeholder: '/srv/data',
    }),
  }),
  secrets: z.object({}),
  secretsGoTo: [],
  open: async ({ folder: path }, _secrets, { allowedFolders }) => openFolder(await allowedPath(path, allowedFolders)),
});

function openFolder(root: string): OpenConnection {
  const list = async (path: string): Promise<readonly ConnectionItem[]> => {
    const [real, parts] = [await within(root, path), partsOf(path)];
    if (real === null) throw new NodeError('connection_failed', `There is no folder “${path}”.`, { param: 'path' });
    const entries = await readdir(real).catch((cause: unknown) => {
      throw new NodeError('connection_failed', `The folder “${path}” cannot be read.`, { param: 'path', cause });
    });
    const visible = entries.filter((name) => !name.startsWith('.') && !name.includes('\\')).toSorted();
    const items: ConnectionItem[] = [];
    for (const name of visible.slice(0, MOST_ITEMS)) {
      const item = await itemOf(root, [...parts, name].join('/'));
      if (item) items.push(item);
    }
    return items;
  };
  return {
    async test() {
      const items = await list('');
      const files = items.filter(({ type }) => type === 'file').length;
      return `The folder can be read: ${files === 1 ? '1 file' : `${files} files`} and ${items.length - files === 1 ? '1 folder' : `${items.length - files} folders`}.`;
    },
    list,
    files: {
      async state(path) {
        const file = await openWithin(root, path);
        try {
          const { size, mtimeNs, ino } = await file.stat({ bigint: true });
          return `${size}-${mtimeNs}-${ino}`;
        } finally {
          await file.close();
        }
      },
      async read(path) {
        return (await openWithin(root, path)).createReadStream();
      },
      write: (path, content) => writeFile(root, path, content),
    },
    close: async () => undefined,
  };
}

/** Null for what is neither file nor folder, cannot be looked at, or leads out. */
async function itemOf(root: string, path: string): Promise<ConnectionItem | null> {
  const real = await within(root, path).catch(() => null);
  const found = real && (await stat(real).catch(() => null));
  if (!found) return null;
  if (found.isDirectory()) return { path, type: 'folder', modifiedAt: Math.round(found.mtimeMs) };
  return found.isFile() ? { path, type: 'file', bytes: found.size, modifiedAt: Math.round(found.mtimeMs) } : null;
}

/** Under another name first: whoever reads the folder sees the whole file or none. */
async function writeFile(root: string, path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const parts = partsOf(path);
  const name = parts.pop();
  if (name === undefined) throw new NodeError('parameter_missing', 'Give the file a name.', { param: 'path' });
  const target = await folderWithin(root, parts);
  const temporary = join(target, `.${randomBytes(8).toString('hex')}.part`);
  try {
    const file = await open(temporary, 'wx');
    try {
      for await (const chunk of content) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(target, name));
  } catch (cause) {
    await rm(temporary, { force: true });
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === undefined) throw cause;
    throw new NodeError('connection_failed', `The file “${path}” cannot be written (${code}).`, { param: 'path', cause });
  }
}
