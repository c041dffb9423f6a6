import { z } from 'zod';
import { columnsNamed } from '../../kit/columns.ts';
import { defineNode, quoteName, type ColumnQuery } from '../../kit/define.ts';
import { pairsOf, type KeyPair } from '../../kit/key-pairs.ts';
import * as param from '../../kit/params.ts';
import { isTextual, OPEN_TABLE, tableSchema, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { allNullable, beside, besideSchema } from '../beside.ts';
import { describeSelection, freeName, takenNames } from '../choose-columns.ts';
import { listing, withName } from '../rows-in-sql.ts';
import { equalKeys, keyIssues } from './keys.ts';

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
  keywords: [
    'merge',
    'combine',
    'lookup',
    'inner',
    'outer',
    'left',
    'right',
    'full',
    'semi',
    'anti',
    'cross',
    'key',
    'vlookup',
    'joiner',
    'merge data',
    'value lookup',
    'cell replacer',
  ],
  inputs: { left: { kind: 'table', title: 'Left dataset' }, right: { kind: 'table', title: 'Right dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params,
  deterministic: true,
  lazy: 'counted',
  describe: ({ joinType, leftKeys }) => (joinType === 'cross' ? TYPES.cross : `${TYPES[joinType]} by ${describeSelection(leftKeys)}`),
  infer({ left, right }, chosen) {
    if (!left || !right) return { outputs: { data: OPEN_TABLE }, issues: [] };
    const issues = chosen.joinType === 'cross' ? [] : keyIssues(chosen, left, right);
    return { outputs: { data: joined(chosen, left, right).schema }, issues };
  },
  asks: ({ left = tableSchema([]), right = tableSchema([]) }, chosen) => ({
    lookUp: mayLookUp(chosen) ? oneRowAKey(pairsOf(chosen, left, right), chosen.matchCase) : 'SELECT false',
  }),
  sql({ left = tableSchema([]), right = tableSchema([]) }, chosen, { lookUp }) {
    if (lookUp) return { data: lookUpInSql(chosen, left, right) };
    const taken = new Set([...takenNames(left), ...takenNames(right)]);
    const place = quoteName(freeName('place', taken));
    const numbered = (port: 'left' | 'right') => `(SELECT *, row_number() OVER () AS ${place} FROM ${quoteName(port)})`;
    const on = equalKeys(pairsOf(chosen, left, right), chosen.matchCase);
    if (chosen.joinType === 'semi' || chosen.joinType === 'anti') {
      const partner = `${chosen.joinType === 'anti' ? 'NOT ' : ''}EXISTS (SELECT 1 FROM "right" AS r WHERE ${on})`;
      return { data: listing((list) => `SELECT ${list} FROM ${numbered('left')} AS l WHERE ${partner} ORDER BY l.${place}`, place) };
    }
    const kind = { inner: 'INNER JOIN', left: 'LEFT JOIN', right: 'RIGHT JOIN', full: 'FULL JOIN', cross: 'CROSS JOIN' }[chosen.joinType];
    const condition = chosen.joinType === 'cross' ? '' : ` ON ${on}`;
    const columns = joined(chosen, left, right);
    const made = new Map([...columns.left, ...columns.right.map(({ name, as }) => [as, `r.${quoteName(name)}`] as const)]);
    const rows = `${numbered('left')} AS l ${kind} ${numbered('right')} AS r${condition} ORDER BY l.${place} NULLS LAST, r.${place} NULLS LAST`;
    return { data: { select: (names = [...made.keys()]) => `SELECT ${names.map((name) => withName(made.get(name), name)).join(', ')} FROM ${rows}` } };
  },
  atScoring: () => ({
    as: 'refuse',
    reason:
      'a request has one row of one table, and nothing to join it with. Join before the pipeline and keep the result as a dataset, or put Web Service Input after Join Data, so that requests bring the joined columns.',
  }),
});

const mayLookUp = ({ joinType }: JoinParams): boolean => joinType === 'inner' || joinType === 'left';

/** Larger tables are not looked through for keys that come twice. */
const LARGEST_LOOKUP = 2_000_000;

/** SQL for whether each key of a right table of some size stands in one row alone. */
function oneRowAKey(pairs: readonly KeyPair[], matchCase: boolean): string {
  if (pairs.length === 0) return 'SELECT false';
  const keys = pairs.map(({ right: { name, type } }, index) => `${isTextual(type) && !matchCase ? `lower(${quoteName(name)})` : quoteName(name)} AS k${index}`);
  const names = keys.map((_, index) => `k${index}`).join(', ');
  return `SELECT count(*) <= ${LARGEST_LOOKUP} AND count(*) = count(DISTINCT (${names})) FROM (SELECT ${keys.join(', ')} FROM "right" LIMIT ${LARGEST_LOOKUP + 1})`;
}

/**
 * A join in which each row of the left table has at most one partner: as it looks each up in turn, rows keep their order without being sorted, and
 * nothing but the right table is held in memory.
 */
function lookUpInSql(chosen: JoinParams, left: TableSchema, right: TableSchema): ColumnQuery {
  const columns = joined(chosen, left, right);
  const match = quoteName(freeName('match', new Set([...takenNames(left), ...takenNames(right)])));
  const partners = `"right" AS r WHERE ${equalKeys(pairsOf(chosen, left, right), chosen.matchCase)}`;
  const found = columns.right.map(({ name, as }, index) => ({ as, field: `c${index}`, sql: `r.${quoteName(name)}` }));
  const made = new Map([...columns.left, ...found.map(({ as, field }) => [as, `l.${match}.${field}`] as const)]);
  const select = (names: readonly string[] = [...made.keys()]): string => {
    const asked = new Set(names);
    // A row without any other column is a match too.
    const fields = ['found := true', ...found.filter(({ as }) => asked.has(as)).map(({ field, sql }) => `${field} := ${sql}`)].join(', ');
    const list = names.map((name) => withName(made.get(name), name)).join(', ');
    const rows = `(SELECT *, (SELECT struct_pack(${fields}) FROM ${partners}) AS ${match} FROM "left" AS l) AS l`;
    return `SELECT ${list} FROM ${rows}${chosen.joinType === 'inner' ? ` WHERE ${match} IS NOT NULL` : ''}`;
  };
  return { select };
}

interface JoinedColumns {
  readonly schema: TableSchema;
  /** The columns of the left table: the names that they get, and their SQL. */
  readonly left: readonly (readonly [as: string, sql: string])[];
  /** Columns of the right table, and the names that they get. */
  readonly right: readonly { readonly name: string; readonly as: string }[];
}

/** The columns that leave. */
function joined(chosen: JoinParams, left: TableSchema, right: TableSchema): JoinedColumns {
  const { joinType } = chosen;
  if (joinType === 'semi' || joinType === 'anti') return { schema: left, left: [], right: [] };
  const open = left.open || right.open;
  const pairs = joinType === 'cross' || chosen.keepRightKeys ? [] : pairsOf(chosen, left, right);
  const onlyRight = joinType === 'right' || joinType === 'full';
  const dropped = new Set(pairs.map((pair) => pair.right.name));
  const rest = right.columns.filter((each) => !dropped.has(each.name));
  const kept = onlyRight ? left.columns.map((each) => filled(each, pairs.find((pair) => pair.left.name === each.name)?.right)) : left.columns;
  const names = beside(kept, joinType === 'left' || joinType === 'full' ? allNullable(rest) : rest);
  const ofLeft = left.columns.map((each, index) => {
    const partner = onlyRight ? pairs.find((pair) => pair.left.name === each.name)?.right : undefined;
    const own = `l.${quoteName(each.name)}`;
    return [names.left[index]!.name, partner ? `coalesce(${own}, r.${quoteName(partner.name)})` : own] as const;
  });
  return { schema: besideSchema(names, open), left: ofLeft, right: rest.map(({ name }, index) => ({ name, as: names.right[index]!.name })) };
}

/** A left column of a join that keeps rows of the right table alone: their key stands in it, or nothing. */
function filled(column: ColumnSchema, partner: ColumnSchema | undefined): ColumnSchema {
  if (!partner) return { ...column, nullable: true };
  return { ...column, nullable: column.nullable || partner.nullable, type: partner.type === 'number' && column.type === 'integer' ? 'number' : column.type };
}
