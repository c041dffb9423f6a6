import { KEYWORDS, type ExpressionProblem, type Span } from './tree.ts';

export interface Token extends Span {
  readonly kind: 'number' | 'text' | 'name' | 'column' | 'keyword' | 'symbol' | 'end';
  /** Of texts and columns in brackets without their marks; of keywords in lower case. */
  readonly text: string;
}

const PATTERN = new RegExp(
  [
    String.raw`(?<space>\s+)`,
    String.raw`(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)`,
    String.raw`(?<text>'(?:[^']|'')*')`,
    String.raw`(?<column>\[(?:[^\]]|\]\])*\])`,
    String.raw`(?<name>[\p{L}_][\p{L}\p{N}_]*)`,
    String.raw`(?<symbol><=|>=|!=|<>|==|[-+*/%^=<>(),])`,
  ].join('|'),
  'uy',
);
const SAME: Readonly<Record<string, string>> = { '==': '=', '<>': '!=' };

/** Divides an expression into tokens, the last of which is `end`; or gives the first place that is none. */
export function tokenise(source: string): readonly Token[] | ExpressionProblem {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(source);
    if (!match) return { from: at, to: at + 1, message: unreadable(source, at) };
    const [found] = match;
    const groups = match.groups!;
    const span = { from: at, to: at + found.length };
    at = span.to;
    if (groups['number'] !== undefined) {
      if (!Number.isFinite(Number(found))) return { ...span, message: `The number ${found} is too large.` };
      tokens.push({ ...span, kind: 'number', text: found });
    } else if (groups['text'] !== undefined) tokens.push({ ...span, kind: 'text', text: found.slice(1, -1).replaceAll("''", "'") });
    else if (groups['column'] !== undefined) tokens.push({ ...span, kind: 'column', text: found.slice(1, -1).replaceAll(']]', ']') });
    else if (groups['name'] !== undefined) {
      const word = found.toLowerCase();
      tokens.push(KEYWORDS.has(word) ? { ...span, kind: 'keyword', text: word } : { ...span, kind: 'name', text: found });
    } else if (groups['symbol'] !== undefined) tokens.push({ ...span, kind: 'symbol', text: SAME[found] ?? found });
  }
  return [...tokens, { kind: 'end', text: '', from: source.length, to: source.length }];
}

function unreadable(source: string, at: number): string {
  const character = String.fromCodePoint(source.codePointAt(at)!);
  if (character === "'") return "This text has no end. Close it with '; write '' for an apostrophe inside of it.";
  if (character === '[') return 'This column name has no end. Close it with ].';
  if (character === '"') return "Write texts in single quotes, 'like this', and column names with spaces in brackets, [like this].";
  if (character === '&' || character === '|') return `Write ${character === '&' ? 'and' : 'or'} in place of ${character}.`;
  return `“${character}” has no meaning here.`;
}
