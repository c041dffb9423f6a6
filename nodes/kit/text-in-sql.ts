import { quoteText } from './define.ts';

/** Spaces of any kind, for a regular expression of RE2: in DuckDB and in ONNX Runtime alike. */
export const SPACE = '[\\s\\p{Z}]';
/** What words of a title are made of. */
export const TITLE_LETTER = "[\\p{L}\\p{M}\\p{N}'’]";

/** A pattern of RE2 that finds a text as it stands. */
export const literalPattern = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|\-/]/g, '\\$&');

const OUTER_SPACES = `^${SPACE}+|${SPACE}+$`;
const TITLE_PIECES = `${TITLE_LETTER}+|[^${TITLE_LETTER.slice(1)}+`;

/** SQL for a text without spaces of any kind at both ends. */
export const trimmedInSql = (x: string): string => `regexp_replace(${x}, ${quoteText(OUTER_SPACES)}, '', 'g')`;

/** SQL for a trimmed text with one space for several. */
export const collapsedInSql = (x: string): string => `trim(regexp_replace(${x}, ${quoteText(`${SPACE}+`)}, ' ', 'g'))`;

/** SQL for a text whose words have a capital first and small letters after it. */
export const titledInSql = (x: string): string => {
  const words = `regexp_extract_all(lower(${x}), ${quoteText(TITLE_PIECES)})`;
  return `CASE WHEN ${x} IS NOT NULL THEN array_to_string(list_transform(${words}, lambda word: upper(left(word, 1)) || substr(word, 2)), '') END`;
};

/** SQL for the part of a text at a place, from 1, between quoted delimiters; missing where there are fewer. `last`: with all that comes after it. */
export const partInSql = (x: string, delimiter: string, place: number, last: boolean): string => {
  const all = `string_split(${x}, ${delimiter})`;
  return last ? `array_to_string(nullif((${all})[${place}:], []), ${delimiter})` : `(${all})[${place}]`;
};
