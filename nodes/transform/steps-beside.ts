import type { ColumnStep } from '../kit/define.ts';
import type { ColumnSchema } from '../kit/table.ts';

/** Steps to the columns that stay, with those of expressions (kit/expression) at their end. None of these sees another one, whatever its name. */
export function stepsBeside(kept: readonly ColumnSchema[], added: readonly { readonly name: string; readonly expression: string }[]): ColumnStep[] {
  const passing = (at: number): string => ` result ${at}`;
  return [
    ...added.map(({ expression }, at): ColumnStep => ({ do: 'derive', name: passing(at), expression })),
    { do: 'keep', columns: [...kept.map(({ name }) => name), ...added.map((_, at) => passing(at))] },
    ...added.map(({ name }, at): ColumnStep => ({ do: 'rename', from: passing(at), to: name })),
  ];
}
