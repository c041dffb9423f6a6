import { z } from 'zod';
import { columnsNamed } from '../../kit/columns.ts';
import { defineNode, quoteName } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { OPEN_TABLE, tableSchema, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { allNullable, beside, besideSchema } from '../beside.ts';
import { describeSelection, freeName, takenNames } from '../choose-columns.ts';
import { equalKeys, keyIssues, pairsOf } from './keys.ts';

const TYPES = {
  inner: 'Inner',
  left: 'Left outer',
  right: 'Right outer',
  full: 'Full outer',
  semi: 'Left semi',
  anti: 'Left anti',
  cross: 'Cross',
} as const;
const withKeys = { param: 'joinType', is: Object.keys(TYPES).filter((type) => type !== 'cross') };

const params = z.object({
  joinType: param.choice({
    title: 'Join type',
    help: 'Outer joins keep rows without a partner. Left semi and left anti keep the rows of the left table that have a partner, or have none.',
    options: TYPES,
    default: 'inner',
  }),
  leftKeys: param.columns({ title: 'Join key columns for left dataset', port: 'left', default: columnsNamed(), shownWhen: withKeys }),
  rightKeys: param.columns({
    title: 'Join key columns for right dataset',
    help: 'As many as on the left, in the same order.',
    port: 'right',
    default: columnsNamed(),
    shownWhen: withKeys,
  }),
  matchCase: param.flag({ title: 'Match case', help: 'Off: Oslo and OSLO are the same key.', default: true, shownWhen: withKeys }),
  keepRightKeys: param.flag({
    title: 'Keep right key columns in joined table',
    help: 'Off: one key column for both; rows of the right table alone have their key in it.',
    default: true,
    shownWhen: { param: 'joinType', is: ['inner', 'left', 'right', 'full'] },
  }),
});
type JoinParams = z.output<typeof params>;

export const joinData = defineNode({
  type: 'join-data',
  version: 1,
  title: 'Join Data',
  category: 'Data transformation',
  family: 'transform',
  icon: 'join',
  summary: 'Puts the rows of two tables together where their key columns are equal.',
  keywords: ['merge', 'combine', 'lookup', 'inner', 'outer', 'left', 'right', 'full', 'semi', 'anti', 'cross', 'key', 'vlookup'],
  inputs: { left: { kind: 'table', title: 'Left dataset' }, right: { kind: 'table', title: 'Right dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params,
  deterministic: true,
  describe: ({ joinType, leftKeys }) => (joinType === 'cross' ? TYPES.cross : `${TYPES[joinType]} by ${describeSelection(leftKeys)}`),
  infer({ left, right }, chosen) {
    if (!left || !right) return { outputs: { data: OPEN_TABLE }, issues: [] };
    const issues = chosen.joinType === 'cross' ? [] : keyIssues(chosen, left, right);
    return { outputs: { data: joined(chosen, left, right).schema }, issues };
  },
  sql({ left = tableSchema([]), right = tableSchema([]) }, chosen) {
    const taken = new Set([...takenNames(left), ...takenNames(right)]);
    const place = quoteName(freeName('place', taken));
    const numbered = (port: 'left' | 'right') => `(SELECT *, row_number() OVER () AS ${place} FROM ${quoteName(port)})`;
    const on = equalKeys(pairsOf(chosen, left, right), chosen.matchCase);
    if (chosen.joinType === 'semi' || chosen.joinType === 'anti') {
      const partner = `${chosen.joinType === 'anti' ? 'NOT ' : ''}EXISTS (SELECT 1 FROM "right" AS r WHERE ${on})`;
      return { data: `SELECT * EXCLUDE (${place}) FROM ${numbered('left')} AS l WHERE ${partner} ORDER BY l.${place}` };
    }
    const kind = { inner: 'INNER JOIN', left: 'LEFT JOIN', right: 'RIGHT JOIN', full: 'FULL JOIN', cross: 'CROSS JOIN' }[chosen.joinType];
    const condition = chosen.joinType === 'cross' ? '' : ` ON ${on}`;
    const list = joined(chosen, left, right).expressions.join(', ');
    return {
      data: `SELECT ${list} FROM ${numbered('left')} AS l ${kind} ${numbered('right')} AS r${condition} ORDER BY l.${place} NULLS LAST, r.${place} NULLS LAST`,
    };
  },
  atScoring: () => ({
    as: 'refuse',
    reason:
      'a request has one row of one table, and nothing to join it with. Join before the pipeline and keep the result as a dataset, or put Web Service Input after Join Data, so that requests bring the joined columns.',
  }),
});

/** The columns that leave, each with its SQL. */
function joined(chosen: JoinParams, left: TableSchema, right: TableSchema): { schema: TableSchema; expressions: string[] } {
  const { joinType } = chosen;
  if (joinType === 'semi' || joinType === 'anti') return { schema: left, expressions: [] };
  const open = left.open || right.open;
  const pairs = joinType === 'cross' || chosen.keepRightKeys ? [] : pairsOf(chosen, left, right);
  const onlyRight = joinType === 'right' || joinType === 'full';
  const dropped = new Set(pairs.map((pair) => pair.right.name));
  const rest = right.columns.filter((each) => !dropped.has(each.name));
  const kept = onlyRight ? left.columns.map((each) => filled(each, pairs.find((pair) => pair.left.name === each.name)?.right)) : left.columns;
  const names = beside(kept, joinType === 'left' || joinType === 'full' ? allNullable(rest) : rest);
  const expressions = [
    ...left.columns.map((each, index) => {
      const partner = onlyRight ? pairs.find((pair) => pair.left.name === each.name)?.right : undefined;
      const own = `l.${quoteName(each.name)}`;
      return `${partner ? `coalesce(${own}, r.${quoteName(partner.name)})` : own} AS ${quoteName(names.left[index]!.name)}`;
    }),
    ...rest.map((each, index) => `r.${quoteName(each.name)} AS ${quoteName(names.right[index]!.name)}`),
  ];
  return { schema: besideSchema(names, open), expressions };
}

/** A left column of a join that keeps rows of the right table alone: their key stands in it, or nothing. */
function filled(column: ColumnSchema, partner: ColumnSchema | undefined): ColumnSchema {
  if (!partner) return { ...column, nullable: true };
  return { ...column, nullable: column.nullable || partner.nullable, type: partner.type === 'number' && column.type === 'integer' ? 'number' : column.type };
}
