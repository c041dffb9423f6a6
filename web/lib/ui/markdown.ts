import type { Token } from 'marked';

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

/** The words of a token, without marks. */
export function plainText(token: Token): string {
  if ('tokens' in token && token.tokens && token.tokens.length > 0) return token.tokens.map(plainText).join('');
  return 'text' in token && typeof token.text === 'string' ? token.text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity) : '';
}

/** A heading's anchor: `column_missing` and `Column missing` both work as fragments. */
export const slug = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9_\s-]/g, '')
    .replace(/\s+/g, '-');

/** The address of a link if it leads to a web page or within this site, else null. */
export function safeHref(href: string): string | null {
  if (/^(https?:|mailto:)/i.test(href)) return href;
  return /^[a-z][a-z0-9+.-]*:/i.test(href) || href.startsWith('//') ? null : href;
}
