import { z } from 'zod';
import type { ColumnStep } from '../kit/define.ts';
import * as param from '../kit/params.ts';
import { COLUMN_ROLES, COLUMN_TYPES, type ColumnSchema } from '../kit/table.ts';

/** What the nodes of an inference pipeline share: they name a place of the training pipeline, and carry schemas as JSON text. */
const columnList = z.array(z.object({ name: z.string(), type: z.enum(COLUMN_TYPES), role: z.enum(COLUMN_ROLES), nullable: z.boolean() }));
const stepList = z.array(
  z.discriminatedUnion('do', [
    z.object({ do: z.literal('keep'), columns: z.array(z.string()) }),
    z.object({ do: z.literal('rename'), from: z.string(), to: z.string() }),
    z.object({ do: z.literal('cast'), column: z.string(), to: z.enum(COLUMN_TYPES) }),
  ]),
);

function read<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Columns from their JSON text; null when it is none. */
export const readColumns = (text: string): readonly ColumnSchema[] | null => read(columnList, text);
/** Row-wise changes from their JSON text; null when it is none. */
export const readSteps = (text: string): readonly ColumnStep[] | null => read(stepList, text);

export const nodeParam = () => param.text({ title: 'Node', help: 'The node of the training pipeline.', default: '', maximum: 64 });
export const portParam = () => param.text({ title: 'Output', help: 'The output of that node.', default: '', maximum: 100 });
export const columnsParam = (help: string) => param.code({ title: 'Columns', help, language: 'json', default: '[]' });
export const stepsParam = () => param.code({ title: 'Changes', help: 'Columns kept, renamed or cast, in order.', language: 'json', default: '[]' });
