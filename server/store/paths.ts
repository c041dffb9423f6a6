import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';

export class PathRefused extends Error {
  override readonly name = 'PathRefused';
}

/**
 * The one way from a name that someone else chose to a path: the absolute path of `name` in `folder`, which must exist. Links on the way are
 * followed before the comparison; the last part need not exist, and when it does it must not be a link.
 * @throws PathRefused when it would lie outside the folder
 */
export function resolveInside(folder: string, name: string): string {
  if (name === '' || name.includes('\0')) throw new PathRefused('The name is empty or holds a zero byte.');
  const root = realpathSync.native(folder);
  const wanted = isAbsolute(name) ? resolve(name) : resolve(root, name);
  let parent: string;
  try {
    parent = realpathSync.native(dirname(wanted));
  } catch {
    throw new PathRefused(`There is no folder for "${name}".`);
  }
  const path = join(parent, basename(wanted));
  if (!path.startsWith(root + sep)) throw new PathRefused(`"${name}" lies outside its folder.`);
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) throw new PathRefused(`"${name}" is a link.`);
  return path;
}

/**
 * Where something lies that the server has named itself, such as by an id; no look at the disk is needed.
 * @throws PathRefused for anything but letters, digits, dots and dashes that begins with a letter or digit
 */
export function namedPath(folder: string, name: string): string {
  if (!/^[0-9A-Za-z][0-9A-Za-z.-]*$/.test(name)) throw new PathRefused('A name of the server is of letters, digits, dots and dashes.');
  return join(folder, name);
}

/**
 * Where the file with this sha256 lies in a store's folder: `ab/cdef…`.
 * @throws PathRefused for anything but letters, digits, dots and dashes that begins with a letter or digit
 */
export function storedPath(folder: string, hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new PathRefused('A content hash is 64 hex digits.');
  return join(folder, hash.slice(0, 2), hash.slice(2));
}
