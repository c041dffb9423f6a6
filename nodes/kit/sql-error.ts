/** What DuckDB says of a query, and where: a range of characters of the query, null where it does not say. */
export interface SqlError {
  readonly message: string;
  readonly range: { readonly from: number; readonly to: number } | null;
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
/** Columns that DuckDB gives a character in the line that it shows. */
const widthOf = (character: string): number => (character === '\t' || /\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1);

/** The length of the beginning of `text` that takes so many columns. */
function lengthAt(text: string, columns: number): number {
  let [taken, length] = [0, 0];
  for (const character of text) {
    if (taken >= columns) break;
    taken += widthOf(character);
    length += character.length;
  }
  return length;
}

/** Reads a message of DuckDB with its `LINE 2: …` and the caret below it. */
export function readSqlError(text: string, sql: string): SqlError {
  const [, told = text, number, excerpt = '', indent = ''] = /^([\s\S]*?)\s*\n\s*LINE (\d+): ([^\n]*)\n( *)\^/.exec(text) ?? [];
  const message = told
    .replace(/^(?:[A-Z][a-z]+ )+Error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
  if (number === undefined) {
    const end = sql.trimEnd().length;
    return { message, range: /at end of input$/.test(message) && end > 0 ? { from: end - 1, to: end } : null };
  }
  const lines = sql.split('\n');
  const line = lines[Number(number) - 1] ?? '';
  const before = lines.slice(0, Number(number) - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const cut = excerpt.startsWith('...') && !line.startsWith('...') ? 3 : 0;
  const shown = excerpt.slice(cut, excerpt.endsWith('...') && !line.endsWith('...') ? -3 : undefined);
  const estimate = Math.max(0, line.indexOf(shown)) + lengthAt(shown, indent.length - `LINE ${number}: `.length - cut);
  const from = before + nearest(line, named(message), Math.min(estimate, Math.max(0, line.length - 1)));
  const length = /^(?:"(?:[^"]|"")+"|'(?:[^']|'')*'|[\p{L}\p{N}_]+|[^])/u.exec(sql.slice(from))?.[0].length ?? 1;
  return { message, range: { from, to: Math.min(sql.length, from + length) } };
}

/** The name that a message is about, where it tells one. */
const named = (message: string): string | undefined => /(?:column|near|name|function) "?([\p{L}\p{N}_]+)/iu.exec(message)?.[1];

/** Where the word stands in the line nearest to a place; the place itself where it is not in the line. */
function nearest(line: string, word: string | undefined, place: number): number {
  if (word === undefined) return place;
  let best = place;
  let distance = Number.POSITIVE_INFINITY;
  for (let at = line.toLowerCase().indexOf(word.toLowerCase()); at >= 0; at = line.toLowerCase().indexOf(word.toLowerCase(), at + 1))
    if (Math.abs(at - place) < distance) [best, distance] = [at, Math.abs(at - place)];
  return distance <= 8 ? best : place;
}
