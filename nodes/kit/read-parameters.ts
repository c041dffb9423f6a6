import type { ReadOptions } from './context.ts';

const DELIMITERS = { auto: undefined, comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const;
const QUOTES = { double: '"', single: "'", none: '' } as const;

/** How a node's parameters say that a file is to be read; empty texts mean what is usual. */
export interface ReadParameters extends Pick<ReadOptions, 'format' | 'header' | 'encoding' | 'skipRows'> {
  readonly delimiter: keyof typeof DELIMITERS;
  readonly quote: keyof typeof QUOTES;
  readonly decimal: 'point' | 'comma';
  /** Separated by commas. */
  readonly nullWords: string;
  readonly datetimeFormat: string;
  readonly sheet: string;
  readonly member: string;
}

export const readOptionsOf = ({
  format,
  header,
  delimiter,
  quote,
  encoding,
  skipRows,
  decimal,
  nullWords,
  datetimeFormat,
  sheet,
  member,
}: ReadParameters): ReadOptions => ({
  format,
  header,
  delimiter: DELIMITERS[delimiter],
  quote: QUOTES[quote],
  encoding,
  skipRows,
  decimal: decimal === 'comma' ? ',' : '.',
  nullWords: nullWords.trim() === '' ? undefined : nullWords.split(','),
  datetimeFormat: datetimeFormat.trim() || undefined,
  sheet: sheet || undefined,
  member: member || undefined,
});
