/** The languages that programs to paste are offered in. */
export const LANGUAGES = [
  { value: 'curl', label: 'curl' },
  { value: 'python', label: 'Python' },
  { value: 'typescript', label: 'TypeScript' },
  { value: 'csharp', label: 'C#' },
  { value: 'r', label: 'R' },
] as const;
export type Language = (typeof LANGUAGES)[number]['value'];

/** In single quotes for a POSIX shell. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** In double quotes, with characters beyond ASCII as escapes that Python, TypeScript, C# and R all read. */
export const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll(/[^\x20-\x7e]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
