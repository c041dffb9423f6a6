const ALIAS = /^[a-z][a-z0-9_-]{0,49}$/;

/** The aliases in a text such as `champion, shadow`. */
export const readAliases = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  ),
];

/** The first that cannot be one; `latest` always means the newest version. */
export const wrongAlias = (aliases: readonly string[]): string | undefined => aliases.find((alias) => !ALIAS.test(alias) || alias === 'latest');

/** The tags in a text such as `team=fraud, reviewed=yes`; undefined when a part is no pair, or is too long. */
export function readTags(text: string): Record<string, string> | undefined {
  const parts = text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  const pairs = parts.map((part) => /^([^=]{1,50})=(.{0,200})$/.exec(part));
  if (pairs.includes(null) || pairs.length > 50) return undefined;
  return Object.fromEntries(pairs.map((pair) => [pair![1]!.trim(), pair![2]!.trim()]));
}
