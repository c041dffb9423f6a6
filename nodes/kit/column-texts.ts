import { z } from 'zod';
import type { ColumnStep } from './define.ts';
import { COLUMN_ROLES, COLUMN_TYPES, type ColumnSchema } from './table.ts';

const columnList = z.array(z.object({ name: z.string(), type: z.enum(COLUMN_TYPES), role: z.enum(COLUMN_ROLES), nullable: z.boolean() }));
const stepList = z.array(
  z.discriminatedUnion('do', [
    z.object({ do: z.literal('keep'), columns: z.array(z.string()) }),
    z.object({ do: z.literal('rename'), from: z.string(), to: z.string() }),
    z.object({ do: z.literal('cast'), column: z.string(), to: z.enum(COLUMN_TYPES) }),
    z.object({ do: z.literal('derive'), name: z.string(), expression: z.string() }),
  ]),
);

function read<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Columns from their JSON text, as inference pipelines keep them; null when it is none. */
export const readColumns = (text: string): readonly ColumnSchema[] | null => read(columnList, text);
/** Row-wise changes of columns from their JSON text; null when it is none. */
export const readSteps = (text: string): readonly ColumnStep[] | null => read(stepList, text);
