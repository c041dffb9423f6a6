import { columnsNamed } from '../../kit/columns.ts';
import { quoteName } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { agree, pairsOf, type KeyPair, type Keys } from '../../kit/key-pairs.ts';
import { findColumn, isTextual, type TableSchema } from '../../kit/table.ts';
import { chooseColumns, nearestName } from '../choose-columns.ts';

/** Problems of the keys, with fixes that take columns of the same name. */
export function keyIssues({ leftKeys, rightKeys }: Keys, left: TableSchema, right: TableSchema): Issue[] {
  const chosen = { left: chooseColumns(leftKeys, left, 'leftKeys'), right: chooseColumns(rightKeys, right, 'rightKeys') };
  if (left.open || right.open) return [];
  const none = chosen.left.columns.length === 0 ? 'leftKeys' : chosen.right.columns.length === 0 ? 'rightKeys' : null;
  const missing = [...chosen.left.issues, ...chosen.right.issues].filter(({ code }) => code === 'column_missing');
  if (missing.length > 0) return missing;
  if (none)
    return [problem('columns_none', 'Choose the key columns of both tables: rows with equal keys are joined.', { param: none, fix: commonKeys(left, right) })];
  const [count, other] = [chosen.left.columns.length, chosen.right.columns.length];
  if (count !== other) {
    const message = `The left table has ${count} key ${count === 1 ? 'column' : 'columns'}, the right one ${other}. Choose as many on both sides, in the same order.`;
    return [problem('parameter_invalid', message, { param: 'rightKeys', fix: commonKeys(left, right) })];
  }
  const pairs = pairsOf({ leftKeys, rightKeys }, left, right);
  return pairs.filter((pair) => !agree(pair.left.type, pair.right.type)).map((pair) => differing(pair, pairs, right));
}

function differing(pair: KeyPair, pairs: readonly KeyPair[], right: TableSchema): Issue {
  const free = right.columns.filter((each) => agree(each.type, pair.left.type) && !pairs.some((other) => other.right.name === each.name));
  const near = nearestName(
    pair.left.name,
    free.map((each) => each.name),
  );
  const rest = pairs.filter((each) => each !== pair);
  const names = (some: readonly KeyPair[], side: 'left' | 'right') => columnsNamed(...some.map((each) => each[side].name));
  const without = {
    title: `Leave out “${pair.left.name}” and “${pair.right.name}”`,
    set: { leftKeys: names(rest, 'left'), rightKeys: names(rest, 'right') },
  };
  const use = (name: string) => ({
    title: `Use “${name}” of the right table`,
    set: { rightKeys: columnsNamed(...pairs.map((each) => (each === pair ? name : each.right.name))) },
  });
  const fix = near !== undefined ? use(near) : rest.length > 0 ? without : free.length === 1 ? use(free[0]!.name) : undefined;
  const message = `“${pair.left.name}” is ${pair.left.type}, but “${pair.right.name}” is ${pair.right.type}: they are never equal. Choose another column, or change the type with Edit Metadata before.`;
  return problem('column_wrong_type', message, { param: 'rightKeys', fix });
}

/** A fix that takes the names that both tables have with types that agree; ids first, else the first such column. */
function commonKeys(left: TableSchema, right: TableSchema): Issue['fix'] {
  const common = left.columns.filter((each) => {
    const other = findColumn(right, each.name);
    return other !== undefined && agree(each.type, other.type);
  });
  const ids = common.filter((each) => each.role === 'id' || /(?:^|[_ ])id$/i.test(each.name));
  const names = (ids.length > 0 ? ids : common.slice(0, 1)).map((each) => each.name);
  if (names.length === 0) return undefined;
  return {
    title: `Join by ${names.map((name) => `“${name}”`).join(', ')}`,
    set: { leftKeys: columnsNamed(...names), rightKeys: columnsNamed(...names) },
  };
}

/** SQL for whether the keys of `l` and `r` are equal; a missing key equals nothing. */
export function equalKeys(pairs: readonly KeyPair[], matchCase: boolean): string {
  const written = pairs.map(({ left, right }) => {
    const [one, other] = [`l.${quoteName(left.name)}`, `r.${quoteName(right.name)}`];
    return isTextual(left.type) && !matchCase ? `lower(${one}) = lower(${other})` : `${one} = ${other}`;
  });
  return written.length === 0 ? 'false' : written.join(' AND ');
}
