import { parseDatetime } from './cells.ts';

const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];
const months = MONTHS.flatMap((month) => [month, month.slice(0, 3)]).join('|');

/** The directives of `strptime` that are read, each with the part it gives and how that looks. */
const DIRECTIVES: ReadonlyMap<string, readonly [part: string, pattern: string]> = new Map([
  ['Y', ['year', '\\d{4}']],
  ['y', ['shortYear', '\\d{2}']],
  ['m', ['month', '\\d{1,2}']],
  ['b', ['monthName', months]],
  ['B', ['monthName', months]],
  ['d', ['day', '\\d{1,2}']],
  ['H', ['hour', '\\d{1,2}']],
  ['I', ['hour', '\\d{1,2}']],
  ['p', ['half', 'am|pm']],
  ['M', ['minute', '\\d{1,2}']],
  ['S', ['second', '\\d{1,2}']],
  ['f', ['fraction', '\\d{1,6}']],
]);

/**
 * A reader of datetimes in a format such as `%d.%m.%Y %H:%M`: gives a trimmed cell as an ISO time (UTC), or null when the cell is none. Years of
 * two digits from 69 on are of the last century.
 * @throws Error when the format has an unknown directive, one twice, or no year, month and day
 */
export function datetimeReader(format: string): (cell: string) => string | null {
  const parts: string[] = [];
  let pattern = '';
  for (const [piece, directive] of format.matchAll(/%(.)?|[^%]+/gsu)) {
    if (!piece.startsWith('%')) pattern += piece.replaceAll(/[^\p{L}\p{N}\s]/gu, '\\$&').replaceAll(/\s+/g, '\\s+');
    else if (directive === '%') pattern += '%';
    else {
      const [part, expression] = DIRECTIVES.get(directive ?? '') ?? [];
      if (part === undefined) throw new Error(`The datetime format has “${piece}”. Known are ${[...DIRECTIVES.keys()].map((key) => `%${key}`).join(' ')}.`);
      if (parts.includes(part)) throw new Error(`The datetime format tells the ${part} twice.`);
      parts.push(part);
      pattern += `(${expression})`;
    }
  }
  const has = (...names: string[]): boolean => names.some((name) => parts.includes(name));
  if (!has('year', 'shortYear') || !has('month', 'monthName') || !has('day'))
    throw new Error('The datetime format needs a year, a month and a day, such as %d.%m.%Y.');
  const expression = new RegExp(`^${pattern}$`, 'i');
  return (cell) => {
    const match = expression.exec(cell);
    if (!match) return null;
    const found = new Map(parts.map((part, index) => [part, match[index + 1]!.toLowerCase()]));
    const number = (part: string): number => Number(found.get(part) ?? 0);
    const half = found.get('half');
    const hour = half === undefined ? number('hour') : (number('hour') % 12) + (half === 'pm' ? 12 : 0);
    const name = found.get('monthName');
    const month = name === undefined ? number('month') : MONTHS.findIndex((each) => each.startsWith(name.slice(0, 3))) + 1;
    const year = found.get('year') ?? String(number('shortYear') + (number('shortYear') < 69 ? 2000 : 1900));
    if (hour > 23 || number('minute') > 59 || number('second') > 59) return null;
    const two = (value: number): string => String(value).padStart(2, '0');
    const fraction = found.get('fraction');
    const iso = `${year}-${two(month)}-${two(number('day'))}T${two(hour)}:${two(number('minute'))}:${two(number('second'))}${fraction === undefined ? '' : `.${fraction}`}`;
    return Number.isNaN(parseDatetime(iso)) ? null : iso;
  };
}
