import { NodeError } from '#nodes/kit/issues.ts';
import { instantOf, instantText } from './cells.ts';

/**
 * The first instant that counts as later than a watermark, as text: a millisecond on, since what was read was rounded down to milliseconds.
 * Errors: `parameter_invalid`.
 */
export function nextInstant(watermark: string): string {
  const instant = instantOf(watermark.replace(/Z$/, ''));
  if (Number.isNaN(instant)) throw new NodeError('parameter_invalid', `“${watermark}” is no date. Write it as 2024-01-31 or 2024-01-31 12:00:00.`);
  return instantText(Math.floor(instant) + 1);
}
