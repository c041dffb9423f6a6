import type { FilePreview } from '../api-types.ts';

/** What of a file is found by itself, unless people say it. */
export type FoundOption = 'format' | 'header' | 'delimiter' | 'encoding';

export const DETECT = 'Detect';

/** The choices beside Detect, by what they stand for in a reading, in the words of every screen. */
export const FOUND_WORDS = {
  format: { csv: 'CSV', tsv: 'TSV', json: 'JSON', parquet: 'Parquet', excel: 'Excel', arrow: 'Arrow', arff: 'ARFF', svmlight: 'SVMLight' },
  header: { yes: 'The first line', no: 'None' },
  delimiter: { ',': 'Comma', ';': 'Semicolon', '\t': 'Tab', '|': 'Vertical bar', ' ': 'Space', ':': 'Colon' },
  encoding: { 'utf-8': 'UTF-8', 'utf-16': 'UTF-16', 'utf-16le': 'UTF-16 LE', 'utf-16be': 'UTF-16 BE', 'windows-1252': 'Latin-1 (Windows-1252)' },
} as const satisfies Record<FoundOption, Record<string, string>>;

/** Detect with what it found, as far as that is known and applies to the file. */
export function detectWords(option: FoundOption, preview: Pick<FilePreview, 'found'> | null | undefined): string {
  const { format, encoding, delimiter, header } = preview?.found ?? {};
  const value = { format, encoding, delimiter, header: header === undefined ? undefined : header ? 'yes' : 'no' }[option];
  const words = value === undefined ? undefined : (FOUND_WORDS[option] as Readonly<Record<string, string>>)[value];
  return words === undefined ? DETECT : `${DETECT}: ${words}`;
}

export const isFound = (option: string): option is FoundOption => Object.hasOwn(FOUND_WORDS, option);
