import { literalPattern } from '../text-in-sql.ts';

/** The fields of a date that a format of `strptime` writes in digits, each with how it looks. */
const FIELDS = {
  Y: ['year', '[0-9]{1,4}'],
  y: ['shortYear', '[0-9]{2}'],
  m: ['month', '(?:0?[1-9]|1[0-2])'],
  d: ['day', '(?:0?[1-9]|[12][0-9]|3[01])'],
  H: ['hour', '(?:[01]?[0-9]|2[0-3])'],
  M: ['minute', '[0-5]?[0-9]'],
  S: ['second', '[0-5]?[0-9]'],
  f: ['fraction', '[0-9]{1,6}'],
} as const;
export type DateField = (typeof FIELDS)[keyof typeof FIELDS][0];

/** A pattern of RE2 for whole texts, and the fields whose digits stand in them, in this order. */
export interface DateForm {
  readonly pattern: string;
  readonly fields: readonly DateField[];
}

/** The dates that tables hold as texts where no format is given: those of ISO 8601 without a zone, or in UTC. */
export const ISO_FORM: DateForm = {
  pattern: `${FIELDS.Y[1]}(?:-${FIELDS.m[1]}-|/${FIELDS.m[1]}/)${FIELDS.d[1]}(?:[ T]${FIELDS.H[1]}:${FIELDS.M[1]}(?::${FIELDS.S[1]}(?:\\.${FIELDS.f[1]})?)?Z?)?`,
  fields: ['year', 'month', 'day', 'hour', 'minute', 'second', 'fraction'],
};

/** The form of a format such as `%d.%m.%Y`; null where digits of two fields touch, a field is no digits or twice there, or year, month or day is not. */
export function dateForm(format: string): DateForm | null {
  const fields: DateField[] = [];
  let pattern = '';
  let touches = false;
  for (const [piece, directive] of format.matchAll(/%(.)?|[^%]+/gsu)) {
    if (!piece.startsWith('%')) {
      if (/\p{N}/u.test(piece)) return null;
      pattern += literalPattern(piece);
      touches = false;
      continue;
    }
    const field = directive !== undefined && Object.hasOwn(FIELDS, directive) ? FIELDS[directive as keyof typeof FIELDS] : undefined;
    if (!field || touches || fields.includes(field[0])) return null;
    fields.push(field[0]);
    pattern += field[1];
    touches = true;
  }
  const has = (...some: readonly DateField[]) => some.some((each) => fields.includes(each));
  return has('year', 'shortYear') && has('month') && has('day') ? { pattern, fields } : null;
}
