/** What to do about an error, from the page of error codes; null for a code that the page does not have. */
export function adviceOf(page: string, code: string): string | null {
  const section = page.split(/^## /m).find((each) => each.slice(0, each.indexOf('\n')).trim() === code);
  const [, advice] = section?.split('**What to do:**') ?? [];
  return advice?.replaceAll(/[*`]/g, '').replaceAll(/\s+/g, ' ').trim() || null;
}
