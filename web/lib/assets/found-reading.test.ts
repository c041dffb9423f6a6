import { expect, it } from 'vitest';
import { detectWords } from './found-reading.ts';

it('says what was detected of a file, where it applies', () => {
  const preview = { found: { format: 'csv', encoding: 'utf-16le', delimiter: '\t', header: false } };
  const words = (['format', 'header', 'delimiter', 'encoding'] as const).map((option) => detectWords(option, preview));
  expect(words).toEqual(['Detect: CSV', 'Detect: None', 'Detect: Tab', 'Detect: UTF-16 LE']);
  expect(detectWords('delimiter', { found: { format: 'parquet' } })).toBe('Detect');
  expect(detectWords('delimiter', null)).toBe('Detect');
});
