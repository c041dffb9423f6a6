import { defineRun, quoteName } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { GraphBuilder } from '../../kit/onnx/builder.ts';
import { metadataOf } from '../../kit/onnx/metadata.ts';
import type { Signature } from '../../kit/signature.ts';
import { isTextual, tableSchema, type ColumnSchema, type ColumnValues } from '../../kit/table.ts';
import { turns } from '../../kernels/turns.ts';
import { COLUMNS_AT_ONCE, narrow } from '../../transform/query-in-parts.server.ts';
import { candidatesOf, filterBasedFeatureSelection, needsNumbers, SCORES, type SelectionParams } from './node.ts';
import { binned, chiSquared, fisherScore, levelled, mutualInformation, pearson, spearman, type Coded } from './scores.ts';

/** A text with more values than this names rows rather than groups them. */
const LEVEL_LIMIT = 1_000;
/** Values in memory: of a long table those of one column. */
const CELLS_AT_ONCE = 1_000_000;

export default defineRun(filterBasedFeatureSelection, async ({ data }, params, context) => {
  const { label, candidates, issues } = candidatesOf(data.schema, params);
  if (issues[0]) throw new NodeError(issues[0].code, issues[0].message, { param: issues[0].param });
  if (data.rowCount === 0) throw new NodeError('rows_none', 'There are no rows to score columns by. Look at the node that feeds this one.');
  const score = scorerOf(label!, (await data.read([label!.name])).get(label!.name)!, params);
  const breathe = turns(context.signal);
  const scored: { name: string; score: number }[] = [];
  const unscored: string[] = [];
  const atOnce = Math.max(1, Math.min(COLUMNS_AT_ONCE, Math.floor(CELLS_AT_ONCE / data.rowCount)));
  for (let from = 0; from < candidates.length; from += atOnce) {
    const some = candidates.slice(from, from + atOnce);
    const names = some.map(({ name }) => name);
    const read = await (await narrow(data, names.map(quoteName), context)).read(names);
    for (const { name, type } of some) {
      const found = needsNumbers(params.method) && isTextual(type) ? undefined : score(read.get(name)!);
      if (found === undefined) unscored.push(`“${name}”`);
      scored.push({ name, score: found ?? 0 });
      context.progress(scored.length / candidates.length, name);
      await breathe();
    }
  }
  if (unscored.length > 0) {
    const why = needsNumbers(params.method)
      ? 'texts, and this method scores numbers'
      : `texts with more than ${LEVEL_LIMIT.toLocaleString('en-US')} different values`;
    context.log(`These columns count as 0, since they are ${why}: ${unscored.slice(0, 10).join(', ')}${unscored.length > 10 ? ' …' : ''}.`);
  }
  const ranked = scored.sort((a, b) => b.score - a.score);
  const drops = ranked.slice(params.count).map(({ name }) => name);
  const gone = new Set(drops);
  const kept = data.schema.columns.filter(({ name }) => !gone.has(name));
  // A graph without columns: all it does is in its signature, so that a request needs only what stays.
  const signature: Signature = { kind: 'transform', inputs: [], outputs: [], drops, rowCount: data.rowCount };
  return {
    data: await context.query(`SELECT ${kept.map(({ name }) => quoteName(name)).join(', ')} FROM data`, { data }, tableSchema(kept)),
    features: await context.table(
      SCORES,
      new Map<string, ColumnValues>([
        ['Feature', ranked.map(({ name }) => name)],
        ['Score', Float64Array.from(ranked, (each) => each.score)],
        ['Kept', Float64Array.from(ranked, ({ name }) => Number(!gone.has(name)))],
      ]),
    ),
    transform: { onnx: new GraphBuilder().toBytes(metadataOf(signature)), signature },
  };
});

/** Scores a column's values against the label; undefined where the method has no score for them. Throws what is wrong with the label. */
function scorerOf(label: ColumnSchema, target: ColumnValues, { method, bins }: SelectionParams): (values: ColumnValues) => number | undefined {
  if (method === 'pearson' || method === 'spearman') {
    const numbers = numericTarget(label, target);
    const of = method === 'pearson' ? pearson : spearman;
    return (values) => of(values as Float64Array, numbers);
  }
  const classes = codesOf(target, bins, 'ignore');
  if (classes.size === 0) throw allMissing(label);
  if (classes.size > LEVEL_LIMIT) {
    const message = `“${label.name}” has ${classes.size.toLocaleString('en-US')} different values; at most ${LEVEL_LIMIT.toLocaleString('en-US')} can be classes. Choose another target.`;
    throw new NodeError('label_too_many_classes', message, { param: 'label' });
  }
  if (method === 'fisher') return (values) => fisherScore(values as Float64Array, classes);
  const of = method === 'chi-squared' ? chiSquared : mutualInformation;
  return (values) => {
    const codes = codesOf(values, bins, 'level');
    return codes.size > LEVEL_LIMIT + 1 ? undefined : of(codes, classes);
  };
}

const codesOf = (values: ColumnValues, bins: number, missing: 'level' | 'ignore'): Coded =>
  values instanceof Float64Array ? binned(values, bins, missing) : levelled(values, missing);

/** Numbers as they are; of two classes the last is 1. Throws NodeError `label_not_numeric`, `rows_all_missing`. */
function numericTarget(label: ColumnSchema, target: ColumnValues): Float64Array {
  if (target instanceof Float64Array) {
    if (!target.some(Number.isFinite)) throw allMissing(label);
    return target;
  }
  const levels = [...new Set(target.filter((each) => each !== null && each !== ''))].sort();
  if (levels.length === 0) throw allMissing(label);
  if (levels.length > 2) {
    const message = `“${label.name}” has ${levels.length.toLocaleString('en-US')} classes, but a correlation needs a number or two classes. Choose mutual information, chi squared or the Fisher score.`;
    throw new NodeError('label_not_numeric', message, { param: 'method' });
  }
  return Float64Array.from(target, (each) => (each === null || each === '' ? NaN : Number(each === levels[1])));
}

const allMissing = ({ name }: ColumnSchema): NodeError =>
  new NodeError('rows_all_missing', `“${name}” is missing in every row, so no column can tell about it.`, { param: 'label' });
