/** What makes a spreadsheet take a text for a formula (OWASP: CSV injection). */
const FORMULA = /^[=+\-@\t\r\n]/;
const NUMBER = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)$/i;

/** A text as a spreadsheet may have it: what it would carry out as a formula gets an apostrophe before it. A text that is a number is no formula. */
export const neutralised = (text: string): string => (FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text);

/** The text that was neutralised. */
export const asItWas = (text: string): string => (text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text);
