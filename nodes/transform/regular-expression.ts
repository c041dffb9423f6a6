import { problem, type Issue } from '../kit/issues.ts';

/**
 * What is wrong with a regular expression (RE2 syntax, as DuckDB has it), as far as can be told without running it: parts that RE2 does not know,
 * and brackets that do not close.
 */
export function regularExpressionIssues(pattern: string, param: string): Issue[] {
  const unknown = /\(\?<?[=!]|\\[1-9]/.exec(pattern.replaceAll('\\\\', ''));
  if (unknown)
    return [problem('parameter_invalid', `“${unknown[0]}” does not work here: regular expressions have no look-around and no back-references.`, { param })];
  try {
    // Flags such as (?i) and names by (?P<…> are RE2's.
    new RegExp(pattern.replaceAll(/\(\?[imsU-]+(?=[:)]):?/g, '(?:').replaceAll('(?P<', '(?<'));
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^.*: /, '') : 'it cannot be read';
    return [problem('parameter_invalid', `The regular expression cannot be read: ${why}.`, { param })];
  }
}
