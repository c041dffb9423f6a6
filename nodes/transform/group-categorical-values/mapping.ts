/**
 * Reads lines `level = group`. Either side may stand in double quotes, which keep spaces and = signs; empty lines count for nothing. `wrong` are
 * the numbers, from 1, of lines that cannot be read or whose level was mapped before.
 */
export function readMapping(text: string): { pairs: Map<string, string>; wrong: number[] } {
  const pairs = new Map<string, string>();
  const wrong: number[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const match = /^(?:"((?:[^"]|"")+)"\s*|([^="]+))=(?:\s*"((?:[^"]|"")+)"|([^="]+))$/.exec(line.trim());
    const plain = (quoted: string | undefined, bare: string | undefined) => quoted?.replaceAll('""', '"') ?? (bare ?? '').trim();
    const from = match ? plain(match[1], match[2]) : '';
    const to = match ? plain(match[3], match[4]) : '';
    if (from === '' || to === '' || pairs.has(from)) wrong.push(index + 1);
    else pairs.set(from, to);
  }
  return { pairs, wrong };
}
