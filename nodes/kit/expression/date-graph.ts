import type { DateField, DateForm } from './date-format.ts';
import type { GraphWriter } from './graph-writer.ts';

/**
 * Dates in a graph. They enter and leave as texts (see `graphTypeOf`); in between they are moments: milliseconds since 1970 in UTC, as doubles
 * [rows, 1] with NaN for missing. Days and dates turn into each other by the era of 400 years that begins on 1 March, after H. Hinnant,
 * “chrono-Compatible Low-Level Date Algorithms”.
 */

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;
/** Days from 1 March of the year 0 to 1970. */
const EPOCH = 719_468;
const ERA = 146_097;

/** A date, or a date and time to the millisecond, in UTC. */
const DATE_PATTERN = '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,3})?)?Z?)?';

/** Arithmetic on doubles, each step written once however often it is asked for. */
class WholeArithmetic {
  readonly #writer: GraphWriter;
  constructor(writer: GraphWriter) {
    this.#writer = writer;
  }

  #value(value: string | number): string {
    return typeof value === 'string' ? value : this.#writer.builder.once(`number ${value}`, () => this.#writer.number(value));
  }
  #apply(operator: string, ...values: readonly (string | number)[]): string {
    const names = values.map((value) => this.#value(value));
    return this.#writer.builder.once(`${operator} ${JSON.stringify(names)}`, () => this.#writer.node(operator, names));
  }
  add = (one: string | number, other: string | number): string => this.#apply('Add', one, other);
  subtract = (one: string | number, other: string | number): string => this.#apply('Sub', one, other);
  multiply = (one: string | number, other: string | number): string => this.#apply('Mul', one, other);
  /** The quotient, rounded down. */
  quotient = (one: string | number, other: string | number): string => this.#apply('Floor', this.#apply('Div', one, other));
  /** What the quotient leaves, from 0. */
  rest = (one: string, other: number): string => this.subtract(one, this.multiply(this.quotient(one, other), other));
  /** 1 where one is less than the other, 0 elsewhere. */
  less = (one: string | number, other: string | number): string => {
    const truth = this.#apply('Less', one, other);
    return this.#writer.builder.once(`double ${truth}`, () => this.#writer.double(truth));
  };
}

interface CivilDate {
  readonly year: string;
  readonly month: string;
  readonly day: string;
}

/** Writes what is asked of dates into a graph. */
export class DateGraph {
  readonly #writer: GraphWriter;
  readonly #of: WholeArithmetic;

  constructor(writer: GraphWriter) {
    this.#writer = writer;
    this.#of = new WholeArithmetic(writer);
  }

  /** The moment that a text tells; missing where it is none. */
  read(text: string): string {
    const { builder } = this.#writer;
    return builder.once(`moment ${text}`, () => {
      const { add, multiply } = this.#of;
      const known = this.#writer.matches(text, DATE_PATTERN);
      const safe = this.#writer.where(known, text, this.#writer.text('1970-01-01'));
      const [date, time] = this.#writer.texts.parts(safe, 'T', 2);
      const [year, month, day] = this.#writer.texts.parts(date!, '-', 3).map((part) => this.#number(part)) as [string, string, string];
      const [clock] = this.#writer.texts.parts(time!, 'Z', 1) as [string];
      const [hour, minute, second] = this.#writer.texts.parts(clock, ':', 3) as [string, string, string];
      const milliseconds = this.#writer.node('Round', [multiply(this.#number(second), 1000)]);
      const ofDay = add(add(multiply(this.#number(hour), HOUR), multiply(this.#number(minute), MINUTE)), milliseconds);
      const moment = add(multiply(this.#days({ year, month, day }), DAY), ofDay);
      return this.#writer.where(known, moment, this.#writer.number(NaN));
    });
  }

  /** The moment that a text of some form tells; missing where it is none, such as 30 February. */
  readForm(text: string, { pattern, fields }: DateForm): string {
    const { builder } = this.#writer;
    const { add, multiply, quotient, less } = this.#of;
    const known = this.#writer.matches(text, pattern);
    const digits = this.#writer.texts.pieces(this.#writer.where(known, text, this.#writer.text('')), '[0-9]+');
    const value = (field: DateField): string => {
      const at = fields.indexOf(field);
      if (at < 0) return this.#writer.number(0);
      const own = this.#writer.texts.column(digits, text, at);
      return this.#number(field === 'fraction' ? this.#writer.node('StringConcat', [this.#writer.text('0.'), own]) : own);
    };
    const short = value('shortYear');
    const year = fields.includes('year') ? value('year') : add(short, add(multiply(less(short, 69), 100), 1900));
    const [month, day] = [value('month'), value('day')];
    const days = this.#days({ year, month, day });
    const seconds = add(add(multiply(value('hour'), 3600), multiply(value('minute'), 60)), value('second'));
    const moment = add(add(multiply(days, DAY), multiply(seconds, 1000)), quotient(add(multiply(value('fraction'), 1e6), 0.5), 1000));
    const real = builder.node('And', [known, builder.node('Equal', [this.#civil(days).day, day])]);
    return this.#writer.where(real, moment, this.#writer.number(NaN));
  }

  /** The text of a moment; "" where it is missing or its year is not of four digits. */
  write(moment: string): string {
    const { rest, quotient } = this.#of;
    const { year, month, day } = this.#civil(this.#dayOf(moment));
    const within = (length: number, unit: number) => quotient(rest(moment, length), unit);
    const pieces = [
      this.#digits(quotient(year, 100), 2),
      this.#digits(rest(year, 100), 2),
      '-',
      this.#digits(month, 2),
      '-',
      this.#digits(day, 2),
      'T',
      this.#digits(within(DAY, HOUR), 2),
      ':',
      this.#digits(within(HOUR, MINUTE), 2),
      ':',
      this.#digits(within(MINUTE, 1000), 2),
      '.',
      this.#digits(within(1000, 1), 3),
      'Z',
    ].map((piece) => (piece.length === 1 ? this.#writer.text(piece) : piece));
    const text = pieces.reduce((before, piece) => this.#writer.node('StringConcat', [before, piece]));
    const fourDigits = this.#writer.node('And', [
      this.#writer.node('GreaterOrEqual', [year, this.#writer.number(0)]),
      this.#writer.node('LessOrEqual', [year, this.#writer.number(9999)]),
    ]);
    return this.#writer.where(fourDigits, text, this.#writer.text(''));
  }

  year = (moment: string): string => this.#civil(this.#dayOf(moment)).year;
  month = (moment: string): string => this.#civil(this.#dayOf(moment)).month;
  day = (moment: string): string => this.#civil(this.#dayOf(moment)).day;
  quarter = (moment: string): string => this.#of.quotient(this.#of.add(this.month(moment), 2), 3);
  hour = (moment: string): string => this.#of.quotient(this.#of.rest(moment, DAY), HOUR);
  minute = (moment: string): string => this.#of.quotient(this.#of.rest(moment, HOUR), MINUTE);
  /** 1 is Monday; 1970 began on a Thursday. */
  weekday = (moment: string): string => this.#of.add(this.#of.rest(this.#of.add(this.#dayOf(moment), 3), 7), 1);
  /** Of ISO 8601: the week belongs to the year of its Thursday. */
  week(moment: string): string {
    const { add, subtract, quotient } = this.#of;
    const thursday = add(subtract(this.#dayOf(moment), this.weekday(moment)), 4);
    const { year } = this.#civil(thursday);
    const newYear = this.#days({ year, month: this.#writer.number(1), day: this.#writer.number(1) });
    return add(quotient(subtract(thursday, newYear), 7), 1);
  }
  seconds = (moment: string): string => this.#of.quotient(moment, 1000);

  #dayOf = (moment: string): string => this.#of.quotient(moment, DAY);

  #civil(day: string): CivilDate {
    const { add, subtract, multiply, quotient, rest, less } = this.#of;
    const shifted = add(day, EPOCH);
    const dayOfEra = rest(shifted, ERA);
    const leaps = subtract(subtract(quotient(dayOfEra, 36_524), quotient(dayOfEra, 1_460)), quotient(dayOfEra, 146_096));
    const yearOfEra = quotient(add(dayOfEra, leaps), 365);
    const dayOfYear = subtract(dayOfEra, this.#daysBefore(yearOfEra));
    const months = quotient(add(multiply(dayOfYear, 5), 2), 153);
    const month = subtract(add(months, 3), multiply(less(9, months), 12));
    return {
      year: add(add(yearOfEra, multiply(quotient(shifted, ERA), 400)), less(month, 3)),
      month,
      day: add(subtract(dayOfYear, quotient(add(multiply(months, 153), 2), 5)), 1),
    };
  }

  /** Days since 1970. */
  #days({ year, month, day }: CivilDate): string {
    const { add, subtract, multiply, quotient, less } = this.#of;
    const early = less(month, 3);
    const months = add(subtract(month, 3), multiply(early, 12));
    const dayOfYear = add(quotient(add(multiply(months, 153), 2), 5), subtract(day, 1));
    return subtract(add(this.#daysBefore(subtract(year, early)), dayOfYear), EPOCH);
  }

  /** Days of so many years that begin in March. */
  #daysBefore(years: string): string {
    const { add, subtract, multiply, quotient } = this.#of;
    return add(subtract(add(multiply(years, 365), quotient(years, 4)), quotient(years, 100)), quotient(years, 400));
  }

  /** The number that digits tell; 0 where there are none. */
  #number(digits: string): string {
    return this.#writer.double(this.#writer.where(this.#writer.missing(digits, true), this.#writer.text('0'), digits));
  }

  /** A whole number with zeros before it; any where it is out of range. */
  #digits(value: string, length: number): string {
    const { builder } = this.#writer;
    const count = 10 ** length;
    const texts = builder.once(`digits ${length}`, () => builder.strings(Array.from({ length: count }, (_, at) => String(at).padStart(length, '0'))));
    const safe = builder.node('Min', [
      builder.node('Max', [this.#writer.where(this.#writer.missing(value, false), this.#writer.number(0), value), this.#writer.number(0)]),
      this.#writer.number(count - 1),
    ]);
    return builder.node('Gather', [texts, builder.cast(safe, 'int64')]);
  }
}
