import { z } from '@hono/zod-openapi';
import { COLUMN_ROLES, COLUMN_TYPES } from '#nodes/kit/table.ts';
import { FILE_FORMATS, TEXT_ENCODINGS, type ReadOptions } from '#nodes/kit/context.ts';

/** How a file is to be read, as query parameters of uploads and previews; docs/data-formats.md explains each. */
export const readOptionsQuery = z.object({
  format: z.enum(['auto', ...FILE_FORMATS]).optional(),
  header: z.enum(['auto', 'yes', 'no']).optional(),
  delimiter: z.string().min(1).max(1).optional(),
  quote: z.enum(['"', "'", 'none']).optional(),
  encoding: z.enum(['auto', ...TEXT_ENCODINGS]).optional(),
  skipRows: z.coerce.number().int().min(0).max(1_000_000).optional(),
  decimal: z.enum(['.', ',']).optional(),
  nullWords: z.string().max(2_000).optional().openapi({ description: 'Words that count as missing, separated by commas; the empty text: none.' }),
  datetimeFormat: z.string().max(100).optional(),
  sheet: z.string().max(100).optional(),
  member: z.string().max(1_000).optional(),
});

export type FileReadOptions = z.input<typeof readOptionsQuery>;

const columnName = z.string().min(1).max(1_000);
/** How a file is to be read, and what is to become of its columns. */
export const fileReading = z.strictObject({
  options: readOptionsQuery.strict().default({}),
  columns: z
    .array(
      z.strictObject({
        name: columnName.openapi({ description: 'As it is read. Columns that are not named stay as they are.' }),
        as: columnName.optional(),
        type: z.enum(COLUMN_TYPES).optional().openapi({ description: 'Cells that do not fit become missing, and are counted.' }),
        role: z.enum(COLUMN_ROLES).optional(),
        include: z.boolean().optional(),
      }),
    )
    .max(10_000)
    .default([]),
});

/** `NA, -` as a list of words. */
const wordsOf = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

export function readOptionsOf({ quote, nullWords, ...rest }: z.infer<typeof readOptionsQuery>): Partial<ReadOptions> {
  return {
    ...rest,
    ...(quote === undefined ? {} : { quote: quote === 'none' ? '' : quote }),
    ...(nullWords === undefined ? {} : { nullWords: wordsOf(nullWords) }),
  };
}
