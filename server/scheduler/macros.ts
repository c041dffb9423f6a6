import { offsetAt, withOffset } from './zone.ts';

/** What texts in parameters of a schedule may refer to. */
export interface MacroContext {
  /** The slot, in milliseconds since 1970. */
  readonly scheduledTime: number;
  /** The slot before it; null for the first one and for events. */
  readonly previousTime: number | null;
  readonly timeZone: string;
  readonly scheduleName: string;
  /** Of an event: what happened. */
  readonly event: Readonly<Record<string, unknown>> | null;
}

export class MacroError extends Error {
  override readonly name = 'MacroError';
}

const MACRO = /\$\{\{\s*([^}]*?)\s*\}\}/g;
const PARTS = /^([A-Za-z.]+)((?:\s*[+-]\s*\d+\s*[a-zA-Z]+)*)\s*(?::\s*(.+))?$/;
const SHIFT = /([+-])\s*(\d+)\s*([a-zA-Z]+)/g;
const TIMES = ['scheduledTime', 'previousTime', 'date'] as const;

/** Shifts wall time, so that a day later is the same time of day, also when clocks change between. Months that are too short end early. */
function shifted(wall: number, shifts: string): number {
  const date = new Date(wall);
  for (const [, sign, count, unit] of shifts.matchAll(SHIFT)) {
    const by = (sign === '-' ? -1 : 1) * Number(count);
    if (unit === 'm') date.setUTCMinutes(date.getUTCMinutes() + by);
    else if (unit === 'h') date.setUTCHours(date.getUTCHours() + by);
    else if (unit === 'd') date.setUTCDate(date.getUTCDate() + by);
    else if (unit === 'w') date.setUTCDate(date.getUTCDate() + 7 * by);
    else if (unit === 'M' || unit === 'y') {
      const day = date.getUTCDate();
      date.setUTCDate(1);
      date.setUTCMonth(date.getUTCMonth() + (unit === 'M' ? by : 12 * by));
      const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
      date.setUTCDate(Math.min(day, last));
    } else throw new MacroError(`"${unit}" is no unit of time. Use m, h, d, w, M (months) or y.`);
  }
  const time = date.getTime();
  if (Number.isNaN(time)) throw new MacroError('The shift is too large.');
  return time;
}

const TOKENS = /yyyy|yy|MM|dd|HH|mm|ss|DDD|'[^']*'/g;

/** Writes wall time by a pattern of yyyy, yy, MM, dd, HH, mm, ss, DDD (day of the year) and texts in single quotes. */
function formatted(wall: number, pattern: string): string {
  const text = new Date(wall).toISOString();
  const dayOfYear = Math.floor((wall - Date.UTC(Number(text.slice(0, 4)), 0, 1)) / 86_400_000) + 1;
  const parts: Readonly<Record<string, string>> = {
    yyyy: text.slice(0, 4),
    yy: text.slice(2, 4),
    MM: text.slice(5, 7),
    dd: text.slice(8, 10),
    HH: text.slice(11, 13),
    mm: text.slice(14, 16),
    ss: text.slice(17, 19),
    DDD: String(dayOfYear).padStart(3, '0'),
  };
  return pattern.replaceAll(TOKENS, (token) => parts[token] ?? token.slice(1, -1));
}

/** The instant at which a zone's clocks show a wall time, for one that was shifted; in a gap the time after it. */
const instantOf = (wall: number, timeZone: string): number => {
  const guess = wall - offsetAt(wall, timeZone);
  return wall - offsetAt(guess, timeZone);
};

function valueOf(macro: string, context: MacroContext): unknown {
  const match = PARTS.exec(macro);
  const [, name = '', shifts = '', pattern] = match ?? [];
  const { timeZone, scheduleName, event } = context;
  if (TIMES.some((time) => time === name)) {
    const at = name === 'previousTime' ? context.previousTime : context.scheduledTime;
    if (at === null) return '';
    const wall = shifted(at + offsetAt(at, timeZone), shifts);
    if (pattern !== undefined) return formatted(wall, pattern);
    if (name === 'date') return formatted(wall, 'yyyy-MM-dd');
    return withOffset(shifts === '' ? at : instantOf(wall, timeZone), timeZone);
  }
  if (shifts === '' && pattern === undefined) {
    if (name === 'scheduleName') return scheduleName;
    if (name.startsWith('event.')) return event?.[name.slice('event.'.length)] ?? '';
  }
  throw new MacroError(
    `There is no macro "\${{${macro}}}". Use \${{scheduledTime}}, \${{previousTime}}, \${{date}}, \${{scheduleName}} or \${{event.…}}; times take shifts and formats, such as \${{date-1d:yyyyMMdd}}.`,
  );
}

function resolved(value: unknown, context: MacroContext): unknown {
  if (typeof value === 'string') {
    const whole = /^\$\{\{\s*([^}]*?)\s*\}\}$/.exec(value);
    // A macro alone keeps the type of its value, so that a version stays a number.
    if (whole) return valueOf(whole[1]!, context);
    return value.replaceAll(MACRO, (_, macro: string) => {
      const found = valueOf(macro, context);
      return typeof found === 'string' ? found : JSON.stringify(found);
    });
  }
  if (Array.isArray(value)) return value.map((each) => resolved(each, context));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolved(each, context)]));
  return value;
}

/** The parameters with every `${{…}}` in their texts replaced. @throws MacroError with a text for people */
export function resolveMacros(parameters: Readonly<Record<string, unknown>>, context: MacroContext): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, resolved(value, context)]));
}
