import type { FileParts } from '../messages.ts';
import { headOf, isOfficeZip, isOldWorkbook, isZip } from './file-head.ts';
import { sheetNames } from './read-workbook.ts';
import { unzip, zipMembers, type UnpackPlace } from './unpack.ts';

/** At most so many files of an archive are named. */
const MOST_PARTS = 1_000;

/**
 * The parts of a file that the options `member` and `sheet` choose from: those of the archive, and those of the workbook that it is or that
 * `member`, else its only file, is. Errors: `data_unparsable`.
 */
export async function filePartsOf(path: string, member: string | undefined, place: UnpackPlace): Promise<FileParts> {
  const head = await headOf(path);
  if (isOldWorkbook(head) || (isZip(head) && (await isOfficeZip(path)))) return { members: [], sheets: await sheetNames(path, place) };
  if (!isZip(head)) return { members: [], sheets: [] };
  const members = (await zipMembers(path)).slice(0, MOST_PARTS);
  const inside = member ?? (members.length === 1 ? members[0] : undefined);
  const isWorkbook = inside !== undefined && /\.xls[xmb]?$/i.test(inside);
  return { members, sheets: isWorkbook ? await sheetNames((await unzip(path, inside, place)).path, place) : [] };
}
