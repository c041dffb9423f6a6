import { isNumeric, type ColumnSchema, type ColumnType } from '#nodes/kit/table.ts';
import type { Cell, ColumnProfile } from '../api-types.ts';
import { count, figure, percent } from '../format.ts';
import type { IconName } from '../ui/icons.ts';
import { withPlaces, type DecimalPlaces } from './decimal-places.ts';

const TYPE_ICONS: Readonly<Record<ColumnType, IconName>> = {
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  text: 'text',
  category: 'category',
  datetime: 'datetime',
};
/** The icon of a column's type. */
export const typeIcon = (type: string): IconName => TYPE_ICONS[type as ColumnType] ?? 'ring';

export const standsRight = (type: ColumnType): boolean => isNumeric(type) || type === 'datetime';

const decimals = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 9 });
/**
 * With the places of its column, or up to nine significant digits, thousands with a comma; whole numbers below 10,000 stay plain, as they may be
 * years or codes.
 */
const numberText = (value: number, type: ColumnType, places?: DecimalPlaces | null): string => {
  const aligned = type === 'number' && places ? withPlaces(value, places) : null;
  if (aligned !== null) return aligned;
  if (Math.abs(value) >= 1e15) return String(value);
  if (Number.isInteger(value)) return type === 'integer' && Math.abs(value) < 10_000 ? String(value) : count(value);
  return decimals.format(value);
};

/** What JSON has no number for comes as text: infinite numbers, and whole ones beyond 2^53. */
const textOfNumber = (text: string): string => (/^-?\d+$/.test(text) ? count(BigInt(text)) : text.replace('Infinity', '∞').replace('-', '−'));

/** A cell as text, with the places of its column where they are known; null = missing. */
export function cellText(cell: Cell | undefined, type: ColumnType, places?: DecimalPlaces | null): string | null {
  if (cell === null || cell === undefined || (typeof cell === 'number' && Number.isNaN(cell))) return null;
  if (type === 'boolean') return cell === true || cell === 1 || cell === 'true' || cell === '1' ? 'true' : 'false';
  if (type === 'datetime') {
    const at = new Date(typeof cell === 'string' && /^\d+$/.test(cell) ? Number(cell) : (cell as string | number));
    if (Number.isNaN(at.getTime())) return String(cell);
    const text = at.toISOString();
    return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ');
  }
  if (typeof cell === 'number') return numberText(cell, type, places);
  return isNumeric(type) && typeof cell === 'string' ? textOfNumber(cell) : String(cell);
}

/** The value itself, without commas and with all its digits; a missing one is empty. */
export function exactText(cell: Cell | undefined, type: ColumnType): string {
  const text = cellText(cell, type);
  return text !== null && isNumeric(type) ? String(cell) : (text ?? '');
}

/** Wide enough for the name beside its icons, the arrow of a sorted column among them, and for the usual values, in pixels. */
export const columnWidth = ({ name, type }: Pick<ColumnSchema, 'name' | 'type'>): number =>
  Math.round(Math.max(type === 'datetime' ? 168 : 120, Math.min(220, name.length * 7 + 84)));

/** One line below the small chart: range or number of values, and what is missing. */
export function profileLine(profile: ColumnProfile): string {
  const missing = profile.missing > 0 ? ` · ${count(profile.missing)} missing` : '';
  const limit = (value: number | string | null): string => (typeof value === 'number' ? figure(value) : (value ?? '').slice(0, 10));
  if (profile.histogram || (profile.minimum !== null && profile.top === null)) return `${limit(profile.minimum)} – ${limit(profile.maximum)}${missing}`;
  return `${count(profile.distinct)} ${profile.distinct === 1 ? 'value' : 'values'}${missing}`;
}

/** Bars of the small chart, each from 0 to 1 of the highest. */
export function profileBars(profile: ColumnProfile, most = 20): number[] {
  const counts = profile.histogram?.counts ?? profile.top?.slice(0, 8).map((each) => each.count) ?? [];
  const bars: number[] = [];
  const size = Math.max(1, Math.ceil(counts.length / most));
  for (let at = 0; at < counts.length; at += size) bars.push(counts.slice(at, at + size).reduce((total, value) => total + value, 0));
  const top = Math.max(...bars, 0);
  return top === 0 ? [] : bars.map((bar) => bar / top);
}

/** The words for one bar of a column's most frequent values. */
export const shareText = (amount: number, rowCount: number): string => `${count(amount)} (${percent(amount / rowCount)})`;
