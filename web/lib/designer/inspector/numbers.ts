import { valueWords } from '#pipelines/value-words.ts';
import type { z } from 'zod';

/** Reads numbers that commas, semicolons or spaces separate; says what is wrong, also by the parameter's schema. */
export function readNumbers(text: string, schema: z.ZodType): { numbers: readonly number[] } | { wrong: string } {
  const words = text.split(/[,;\s]+/).filter((each) => each !== '');
  const bad = words.find((each) => !Number.isFinite(Number(each)));
  if (bad !== undefined) return { wrong: `“${bad}” is not a number. Separate numbers by commas, with a point for fractions.` };
  if (words.length === 0) return { wrong: 'Type one or more numbers, separated by commas.' };
  const numbers = words.map(Number);
  const parsed = schema.safeParse(numbers);
  if (parsed.success) return { numbers };
  const [issue] = parsed.error.issues;
  const place = issue!.path[0];
  const what = typeof place === 'number' ? `“${words[place]}”: ` : '';
  return { wrong: `${what}${valueWords(issue!)}` };
}

export const showNumbers = (numbers: readonly number[] | undefined): string => (numbers ?? []).join(', ');
