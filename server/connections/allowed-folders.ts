import { constants } from 'node:fs';
import { mkdir, open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { isAbsolute, join, sep } from 'node:path';
import { NodeError } from '#nodes/kit/issues.ts';

const lies = (path: string, folder: string): boolean => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

const outside = (param: string): NodeError =>
  new NodeError('connection_refused', 'This is not within a folder that the owner of this installation allows (MODELWRIGHT_ALLOWED_FOLDERS).', { param });

/** Where a path really leads. What lies outside of the allowed folders is not told apart from what is not there. */
async function resolved(path: string, param: string): Promise<string | null> {
  if (!isAbsolute(path) || path.includes('\0')) throw new NodeError('connection_refused', 'Give the whole path, from the root on.', { param });
  return realpath(path).catch(() => null);
}

/** The true path of a file or folder, which lies within an allowed folder, links followed. Errors: `connection_refused`. */
export async function allowedPath(path: string, allowedFolders: readonly string[], param = 'folder'): Promise<string> {
  const real = await resolved(path, param);
  const allowed = await Promise.all(allowedFolders.map((folder) => realpath(folder).catch(() => null)));
  if (real === null || !allowed.some((folder) => folder !== null && lies(real, folder))) throw outside(param);
  return real;
}

/** The parts of a path within a connection. Errors: `connection_refused` for those that could lead out of it. */
export function partsOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.some((part) => part === '..' || /[\0\\]/.test(part)))
    throw new NodeError('connection_refused', 'A path within a connection has no “..” and no backslash.', { param: 'path' });
  return parts;
}

const leadsOut = (): NodeError => new NodeError('connection_refused', 'This path leads out of the folder of the connection.', { param: 'path' });

/** The true path of what lies in `root`, which is a true path itself; null when there is nothing. Errors: `connection_refused` when it leads out. */
export async function within(root: string, path: string): Promise<string | null> {
  const real = await realpath(join(root, ...partsOf(path))).catch(() => null);
  if (real !== null && !lies(real, root)) throw leadsOut();
  return real;
}

/** Opens a plain file in `root` to read; what was checked is what is open, also when links change meanwhile. Errors: `connection_refused`, `connection_failed`. */
export async function openWithin(root: string, path: string): Promise<FileHandle> {
  const real = await within(root, path);
  const gone = new NodeError('connection_failed', `There is no file “${path}”.`, { param: 'path' });
  if (real === null) throw gone;
  // Not blocking, so that a pipe without a writer does not keep the step.
  const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw new NodeError('connection_failed', `The file “${path}” cannot be read.`, { param: 'path', cause });
  });
  try {
    const [opened, again] = [await file.stat(), await within(root, path)];
    if (!opened.isFile() || again === null) throw gone;
    const named = await stat(again);
    if (named.ino !== opened.ino || named.dev !== opened.dev) throw leadsOut();
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The true path of the folder that a file is to be written into; folders that are not there are made. Errors: `connection_refused`. */
export async function folderWithin(root: string, parts: readonly string[]): Promise<string> {
  let folder = root;
  for (const part of parts) {
    const next = join(folder, part);
    await mkdir(next).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw new NodeError('connection_failed', `The folder “${part}” cannot be made.`, { param: 'path', cause: error });
    });
    folder = await realpath(next);
    if (!lies(folder, root)) throw leadsOut();
  }
  return folder;
}
