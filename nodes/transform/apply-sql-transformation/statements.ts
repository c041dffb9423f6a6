import { quoteName } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';

/** One statement of a script, without comments around it. */
export interface Statement {
  readonly text: string;
}

/** Divides a script at the semicolons that stand outside of texts, quoted names and comments. */
export function splitStatements(script: string): Statement[] {
  const statements: Statement[] = [];
  const token = /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\$([A-Za-z_]*)\$[\s\S]*?(?:\$\1\$|$)|;|[^'"\-/$;]+|[-/$]/g;
  let text = '';
  const close = () => {
    if (text.trim() !== '') statements.push({ text: text.trim() });
    text = '';
  };
  for (const [part] of script.matchAll(token)) {
    if (part === ';') close();
    else text += part.startsWith('--') || part.startsWith('/*') ? ' ' : part;
  }
  close();
  return statements;
}

const NAME = '"(?:[^"]|"")+"|[A-Za-z_][A-Za-z0-9_]*';
const VIEW = new RegExp(`^CREATE\\s+(?:OR\\s+REPLACE\\s+)?(?:TEMP(?:ORARY)?\\s+)?(?:VIEW|TABLE)\\s+(${NAME})\\s+AS\\s+([\\s\\S]+)$`, 'i');
const QUERY = /^(?:SELECT|WITH|FROM|VALUES|\()/i;

/**
 * Makes one query of a script: `CREATE VIEW name AS …` before the last statement becomes a common table expression of that name, and the last
 * statement must be a query. Gives the query or the problem: `parameter_missing`, `sql_refused`.
 */
export function combineStatements(script: string): { query: string } | { issue: Issue } {
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
  const views: { name: string; query: string }[] = [];
  for (const { text } of statements) {
    const match = VIEW.exec(text);
    if (!match || !QUERY.test(match[2]!))
      return { issue: problem('sql_refused', `Before the last query, only CREATE VIEW name AS SELECT … is possible, not “${opening(text)}”.`, place) };
    const name = match[1]!.startsWith('"') ? match[1]!.slice(1, -1).replaceAll('""', '"') : match[1]!;
    views.push({ name, query: match[2]! });
  }
  if (!QUERY.test(last.text))
    return {
      issue: problem(
        'sql_refused',
        `The last statement must be a query (SELECT or WITH), not “${opening(last.text)}”. Tables cannot be changed; select what you need instead.`,
        place,
      ),
    };
  if (views.length === 0) return { query: last.text };
  const written = views.map(({ name, query }) => `${quoteName(name)} AS (${query})`).join(', ');
  const inner = /^WITH\s+(RECURSIVE\s+)?([\s\S]+)$/i.exec(last.text);
  return { query: inner ? `WITH ${inner[1] ?? ''}${written}, ${inner[2]}` : `WITH ${written} ${last.text}` };
}

const opening = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, 40);
