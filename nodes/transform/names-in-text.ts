/** The names of a list that is divided by commas; quotes around a name keep commas in it. */
export function readNames(text: string): string[] {
  if (text.trim() === '') return [];
  return [...text.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/g)]
    .filter((match, index, all) => !(index === all.length - 1 && match[0] === ''))
    .map((match) => match[1]?.replaceAll('""', '"') ?? (match[2] ?? '').trim());
}
