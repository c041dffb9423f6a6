import { parseDatetime } from '../cells.ts';
import { quoteText } from '../define.ts';
import { dateForm, ISO_FORM } from './date-format.ts';
import type { DateGraph } from './date-graph.ts';
import type { FunctionDefinition } from './functions.ts';
import { NotInGraph } from './not-in-graph.ts';
import { writtenText } from './tree.ts';

/** A whole number that a date tells; `sql` has # for the date. */
const datePart = (usage: string, help: string, sql: string, graph: (dates: DateGraph, date: string) => string): FunctionDefinition => ({
  usage,
  help,
  takes: ['datetime'],
  gives: 'integer',
  nullable: ([date]) => date!,
  sql: ([x]) => `CAST(${sql.replaceAll('#', () => x!)} AS DOUBLE)`,
  graph: (writer, [x]) => graph(writer.dates, x!),
});

/** Functions of dates. */
export const DATE_FUNCTIONS: readonly FunctionDefinition[] = [
  datePart('year(date)', 'The year.', 'year(#)', (dates, x) => dates.year(x)),
  datePart('quarter(date)', 'The quarter of the year, 1 to 4.', 'quarter(#)', (dates, x) => dates.quarter(x)),
  datePart('month(date)', 'The month, 1 to 12.', 'month(#)', (dates, x) => dates.month(x)),
  datePart('week(date)', 'The week of ISO 8601, 1 to 53.', 'week(#)', (dates, x) => dates.week(x)),
  datePart('day(date)', 'The day of the month.', 'day(#)', (dates, x) => dates.day(x)),
  datePart('weekday(date)', 'The day of the week, from 1 for Monday to 7.', 'isodow(#)', (dates, x) => dates.weekday(x)),
  datePart('hour(date)', 'The hour, 0 to 23.', 'hour(#)', (dates, x) => dates.hour(x)),
  datePart('minute(date)', 'The minute, 0 to 59.', 'minute(#)', (dates, x) => dates.minute(x)),
  datePart('unix(date)', 'Seconds since 1970, rounded down.', 'floor(epoch(#))', (dates, x) => dates.seconds(x)),
  {
    usage: 'dateDiff(from, to)',
    help: 'Days from one date to another, with fractions.',
    takes: ['datetime', 'datetime'],
    gives: 'number',
    nullable: (values) => values.some(Boolean),
    sql: ([from, to]) => `(CAST(epoch_ms(${to}) - epoch_ms(${from}) AS DOUBLE) / 86400000.0)`,
    graph: (writer, [from, to]) => writer.node('Div', [writer.node('Sub', [to!, from!]), writer.number(86_400_000)]),
  },
  {
    usage: 'date(text, format)',
    help: "The date that a text tells: date('2024-01-31'), or date(day, '%d.%m.%Y'); missing where it tells none.",
    takes: ['date', 'words'],
    least: 1,
    gives: 'datetime',
    wrong: (text, { length }) =>
      length === 1 && Number.isNaN(parseDatetime(text))
        ? `“${text}” tells no date. Write one such as '2024-01-31' or '2024-01-31 09:30', or say how it is written: date(text, '%d.%m.%Y').`
        : undefined,
    sql: ([x], [text, format]) => {
      if (format) return `CAST(try_strptime(${x}, ${quoteText(writtenText(format.tree))}) AS TIMESTAMP)`;
      if (text?.tree.kind !== 'text') return `TRY_CAST(${x} AS TIMESTAMP)`;
      const time = parseDatetime(text.tree.value);
      return Number.isNaN(time) ? 'CAST(NULL AS TIMESTAMP)' : `make_timestamp_ms(${time})`;
    },
    graph: (writer, [x], [text, format]) => {
      if (!format && text?.tree.kind === 'text') return writer.number(parseDatetime(text.tree.value));
      const form = format ? dateForm(writtenText(format.tree)) : ISO_FORM;
      if (!form)
        throw new NotInGraph(
          `it reads dates of the form “${writtenText(format?.tree)}”, and a model those whose year, month and day are numbers with signs between`,
        );
      return writer.dates.readForm(x!, form);
    },
  },
];
