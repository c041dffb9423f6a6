import type { z } from 'zod';

/** The size of a value in words: a number itself, of a text its letters, of a list its entries. */
function sized(bound: string, size: number | bigint, origin: string): string {
  if (origin === 'string') return `${bound} ${size} ${size === 1 ? 'character' : 'characters'}`;
  if (origin === 'array' || origin === 'set') return `${bound} ${size} ${size === 1 ? 'entry' : 'entries'}`;
  return `${bound} ${size}`;
}

/** What is wrong with a value, in a sentence that says what is allowed. */
export function valueWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      return `Give ${sized(issue.inclusive === false ? 'more than' : 'at least', issue.minimum, issue.origin)}.`;
    case 'too_big':
      return `Give ${sized(issue.inclusive === false ? 'less than' : 'at most', issue.maximum, issue.origin)}.`;
    case 'invalid_type':
      if (issue.expected === 'int') return 'Give a whole number.';
      if (issue.expected === 'number') return 'Give a number.';
      if (issue.expected === 'string') return 'Give a text.';
      if (issue.expected === 'boolean') return 'Give true or false.';
      break;
    case 'invalid_value':
      return `Give ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map((value) => `“${String(value)}”`).join(', ')}.`;
  }
  return `${issue.message}.`.replace(/\.\.$/, '.');
}
