import { quoteName } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';

/** One statement of a script, without comments around it. */
export interface Statement {
  readonly text: string;
  /** Where it begins in the script. */
  readonly at: number;
}

/** Divides a script at the semicolons that stand outside of texts, quoted names and comments; comments become blanks of their length. */
export function splitStatements(script: string): Statement[] {
  const statements: Statement[] = [];
  const token = /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\$([A-Za-z_]*)\$[\s\S]*?(?:\$\1\$|$)|;|[^'"\-/$;]+|[-/$]/g;
  let [text, from] = ['', 0];
  const close = (next: number) => {
    if (text.trim() !== '') statements.push({ text: text.trim(), at: from + text.length - text.trimStart().length });
    [text, from] = ['', next];
  };
  for (const { 0: part, index } of script.matchAll(token)) {
    if (part === ';') close(index + 1);
    else text += part.startsWith('--') || part.startsWith('/*') ? part.replaceAll(/[^\n]/g, ' ') : part;
  }
  close(script.length);
  return statements;
}

/** A query made of a script. */
export interface CombinedQuery {
  readonly query: string;
  /** Pieces of the query as they stand in the script, in order. */
  readonly pieces: readonly { readonly at: number; readonly length: number; readonly inScript: number }[];
}

/** A range of characters of the query as one of the script; null where it lies in what was put in. */
export function rangeInScript({ pieces }: CombinedQuery, { from, to }: { from: number; to: number }): { from: number; to: number } | null {
  const piece = pieces.find(({ at, length }) => from >= at && from < at + length);
  return piece ? { from: from - piece.at + piece.inScript, to: Math.min(to, piece.at + piece.length) - piece.at + piece.inScript } : null;
}

const NAME = '"(?:[^"]|"")+"|[A-Za-z_][A-Za-z0-9_]*';
const VIEW = new RegExp(`^CREATE\\s+(?:OR\\s+REPLACE\\s+)?(?:TEMP(?:ORARY)?\\s+)?(?:VIEW|TABLE)\\s+(${NAME})\\s+AS\\s+([\\s\\S]+)$`, 'i');
const QUERY = /^(?:SELECT|WITH|FROM|VALUES|\()/i;

/**
 * Makes one query of a script: `CREATE VIEW name AS …` before the last statement becomes a common table expression of that name, and the last
 * statement must be a query. Gives the query or the problem: `parameter_missing`, `sql_refused`.
 */
export function combineStatements(script: string): CombinedQuery | { issue: Issue } {
  const place = { param: 'script' };
  const statements = splitStatements(script);
  const last = statements.pop();
  if (!last)
    return {
      issue: problem('parameter_missing', 'Write a query, such as SELECT * FROM t1.', {
        ...place,
        fix: { title: 'Begin with SELECT * FROM t1', set: { script: 'SELECT * FROM t1' } },
      }),
    };
  const views: { name: string; query: string; at: number }[] = [];
  for (const { text, at } of statements) {
    const match = VIEW.exec(text);
    if (!match || !QUERY.test(match[2]!))
      return { issue: problem('sql_refused', `Before the last query, only CREATE VIEW name AS SELECT … is possible, not “${opening(text)}”.`, place) };
    const name = match[1]!.startsWith('"') ? match[1]!.slice(1, -1).replaceAll('""', '"') : match[1]!;
    views.push({ name, query: match[2]!, at: at + text.length - match[2]!.length });
  }
  if (!QUERY.test(last.text))
    return {
      issue: problem(
        'sql_refused',
        `The last statement must be a query (SELECT or WITH), not “${opening(last.text)}”. Tables cannot be changed; select what you need instead.`,
        place,
      ),
    };
  const pieces: { at: number; length: number; inScript: number }[] = [];
  let query = '';
  const put = (text: string, inScript: number) => {
    pieces.push({ at: query.length, length: text.length, inScript });
    query += text;
  };
  if (views.length === 0) put(last.text, last.at);
  else {
    const inner = /^WITH\s+(RECURSIVE\s+)?/i.exec(last.text);
    query = `WITH ${inner?.[1] ?? ''}`;
    for (const [index, view] of views.entries()) {
      query += `${index === 0 ? '' : ', '}${quoteName(view.name)} AS (`;
      put(view.query, view.at);
      query += ')';
    }
    query += inner ? ', ' : ' ';
    put(last.text.slice(inner?.[0].length ?? 0), last.at + (inner?.[0].length ?? 0));
  }
  return { query, pieces };
}

const opening = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, 40);
