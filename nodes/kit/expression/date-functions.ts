import { parseDatetime } from '../cells.ts';
import type { DateGraph } from './date-graph.ts';
import type { FunctionDefinition } from './functions.ts';
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
    usage: "date('2024-01-31')",
    help: 'A date that is written out.',
    takes: ['dateWords'],
    gives: 'datetime',
    nullable: () => false,
    sql: (_values, [written]) => `make_timestamp_ms(${parseDatetime(writtenText(written?.tree))})`,
    graph: (writer, _values, [written]) => writer.number(parseDatetime(writtenText(written?.tree))),
  },
];
