import { NodeError } from '#nodes/kit/issues.ts';

/** The path of a table from its parts, `schema.table`; a part with a point or a quote stands in double quotes. */
export const tablePath = (parts: readonly string[]): string =>
  parts.map((part) => (/^[^."]+$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`)).join('.');

const PART = /(?:"((?:[^"]|"")*)"|([^."]+))(\.|$)/y;

/** The parts of a path such as `schema.table` or `"my.schema"."a ""table"""`. Errors: `parameter_missing`, `parameter_invalid`. */
export function tableParts(path: string, mostParts: number): string[] {
  if (path.trim() === '') throw new NodeError('parameter_missing', 'Choose a table.', { param: 'table' });
  const parts: string[] = [];
  PART.lastIndex = 0;
  for (let match = PART.exec(path); match; match = PART.exec(path)) {
    parts.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === '' && PART.lastIndex === path.length) {
      if (parts.length <= mostParts && !parts.some((part) => part === '' || part.includes('\0'))) return parts;
      break;
    }
  }
  const form = mostParts === 1 ? 'table' : 'schema.table';
  throw new NodeError('parameter_invalid', `“${path}” names no table. Write it as ${form}, with names that hold points in double quotes.`, { param: 'table' });
}
