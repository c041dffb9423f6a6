import { z } from 'zod';
import type { ParamMeta } from '#nodes/kit/params.ts';
import { valueWords } from '../history/change-rows.ts';

/** Beyond this a limit is one of the machine, not of the parameter. */
const WIDEST = 2 ** 31 - 2;

/** The numbers that a schema allows, such as `1 – 100`, `> 0` or `≤ 1`; empty when all. */
export function rangeWords(schema: z.ZodType): string {
  const { minimum, maximum, exclusiveMinimum } = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
  const bound = (value: unknown): number | undefined => (typeof value === 'number' && Math.abs(value) < WIDEST ? value : undefined);
  const words = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 15 });
  const [least, most, above] = [bound(minimum), bound(maximum), bound(exclusiveMinimum)];
  if (above !== undefined) return most === undefined ? `> ${words(above)}` : `> ${words(above)}, ≤ ${words(most)}`;
  if (least !== undefined && most !== undefined) return `${words(least)} – ${words(most)}`;
  return least !== undefined ? `≥ ${words(least)}` : most !== undefined ? `≤ ${words(most)}` : '';
}

/** The default as a person reads it on the form; empty for what is no short value. */
export function defaultWords({ widget }: ParamMeta, fallback: unknown): string {
  if (widget.kind === 'choice') return widget.options.find(({ value }) => value === fallback)?.title ?? '';
  if (!['number', 'numbers', 'text', 'switch'].includes(widget.kind)) return '';
  const text = Array.isArray(fallback) ? fallback.join(', ') : valueWords(fallback);
  return text.length > 40 ? '' : text;
}

/** What stands beside the name of a field: the range with its unit, and the default once it is another. */
export function fieldHint(meta: ParamMeta, schema: z.ZodType, fallback: unknown, changed: boolean): string {
  const { widget } = meta;
  const range = widget.kind === 'number' ? [rangeWords(schema), widget.unit].filter(Boolean).join(' ') : '';
  const usual = changed ? defaultWords(meta, fallback) : '';
  return [range, usual && `default ${usual}`].filter(Boolean).join(' · ');
}
