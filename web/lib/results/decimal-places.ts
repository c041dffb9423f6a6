import type { Cell } from '../api-types.ts';

/** How the numbers of a column are written: all with as many decimal places, where that takes nothing from them. */
export interface DecimalPlaces {
  readonly places: number;
  /** Whether that is how the numbers are; otherwise they are rounded. */
  readonly exact: boolean;
}

/** Numbers with more decimals than these are results of arithmetic, whose last digits tell nothing. */
const MOST_EXACT = 6;
const DIGITS = 9;
/** Digits below which a rounded number says too little. */
const FEWEST_DIGITS = 4;
/** From here on numbers are written whole or by powers of ten. */
const LARGEST = 1e15;

/** Of some numbers of a column: as many as they have, or as give the largest of them nine digits; null where that leaves none. */
export function decimalPlaces(cells: readonly (Cell | undefined)[]): DecimalPlaces | null {
  const sizes = cells.filter((cell) => typeof cell === 'number').flatMap((cell) => (Math.abs(cell) < LARGEST ? [Math.abs(cell)] : []));
  const most = Math.max(0, ...sizes.map(decimalsOf));
  if (most <= MOST_EXACT) return { places: most, exact: true };
  const whole = Math.floor(Math.log10(Math.max(...sizes))) + 1;
  return whole < DIGITS ? { places: Math.min(most, DIGITS - whole), exact: false } : null;
}

function decimalsOf(size: number): number {
  const [digits, exponent = '0'] = String(size).split('e') as [string, string?];
  return Math.max(0, (digits.split('.')[1] ?? '').length - Number(exponent));
}

const formats = new Map<number, Intl.NumberFormat>();
function formatOf(places: number): Intl.NumberFormat {
  const known = formats.get(places);
  if (known) return known;
  const made = new Intl.NumberFormat('en-US', { minimumFractionDigits: places, maximumFractionDigits: places });
  formats.set(places, made);
  return made;
}

/** A number with the places of its column; null where that would take from it what it says. */
export function withPlaces(value: number, { places, exact }: DecimalPlaces): string | null {
  const size = Math.abs(value);
  if (size >= LARGEST || places > 20) return null;
  const rounded = size.toFixed(places);
  if (Number(rounded) !== size && (exact || rounded.replace('.', '').replace(/^0+/, '').length < FEWEST_DIGITS)) return null;
  return formatOf(places).format(value + 0);
}
