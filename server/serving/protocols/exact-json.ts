import { parseJson } from './exchange.ts';

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

const exact: Reviver = (_key, value, { source }) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;

/**
 * JSON whose whole numbers beyond ±2^53 come as bigints, digit by digit; a plain parse would round them. Several times slower than one, so ask
 * for it only where such numbers may be. Throws 400 when the text is no JSON.
 */
export function parseExactJson(text: string): unknown {
  // First without it: its walk is recursive, and ends with an error of its own where a body is nested many thousand levels deep.
  const plain = parseJson(text);
  try {
    return JSON.parse(text, exact as (this: unknown, key: string, value: unknown) => unknown);
  } catch {
    return plain;
  }
}
