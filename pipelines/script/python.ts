/** Python text from values. Whatever a person typed becomes a literal or a comment; it can never become code. */

const KEYWORDS = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield match case type'.split(
    ' ',
  ),
);

/** A Python string literal. JSON's escapes are Python's too, once every character that is not plain is written as an escape. */
export const text = (value: string): string =>
  JSON.stringify(value)
    .replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/(?:\\u[0-9a-f]{4})+/g, decoded);

/** Letters and signs of any script may stand as they are; what cannot be seen, or lone halves of pairs, stay escaped. */
function decoded(escapes: string): string {
  const plain = JSON.parse(`"${escapes}"`) as string;
  return /^[\p{L}\p{N}\p{P}\p{S} ]*$/u.test(plain) && plain.isWellFormed() && !/["\\]/.test(plain)
    ? plain
    : escapes.replace(/\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}/g, wide);
}

const wide = (pair: string): string => `\\U${(JSON.parse(`"${pair}"`) as string).codePointAt(0)!.toString(16).padStart(8, '0')}`;

/** Any JSON value as a Python literal. */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number')
    return Number.isNaN(value) ? 'float("nan")' : value === Infinity ? 'float("inf")' : value === -Infinity ? 'float("-inf")' : String(value);
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([key, each]) => `${text(key)}: ${literal(each)}`)
      .join(', ')}}`;
  return 'None';
}

/** Lines of comment; no line of the text is left outside. */
export const comment = (words: string): string[] => words.split(/\r\n|[\n\r\u000b\u000c\u0085\u2028\u2029]/).map((line) => `# ${line}`.trimEnd());

/** Text over several lines as a readable literal: triple quotes where nothing in it could end them. */
export function block(value: string): string {
  const safe = value.includes('\n') && !/"""|\\|[^\P{C}\n\t]/u.test(value) && !value.endsWith('"');
  return safe ? `"""\n${value}\n"""` : text(value);
}

/** A name for a variable: lower case, digits and underscores; each once. */
export class PythonNames {
  readonly #taken: Set<string>;

  constructor(reserved: Iterable<string>) {
    this.#taken = new Set(reserved);
  }

  free(wish: string): string {
    const clean = wish
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_+|_+$/g, '');
    const stem = clean === '' ? 'value' : /^\d/.test(clean) ? `n_${clean}` : clean;
    let name = KEYWORDS.has(stem) ? `${stem}_` : stem;
    for (let number = 2; this.#taken.has(name); number++) name = `${stem}_${number}`;
    this.#taken.add(name);
    return name;
  }
}
