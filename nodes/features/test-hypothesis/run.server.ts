import type { RunContext } from '../../kit/context.ts';
import { defineRun, quoteName } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { findColumn, type ColumnValues, type Table } from '../../kit/table.ts';
import { missingInSql } from '../../transform/values-in-sql.ts';
import { pairsOf } from '../correlation.ts';
import { columnIssues, isGrouped, RESULT, testHypothesis, titleOf, type HypothesisParams } from './node.ts';
import { chiSquared, mannWhitney, momentsOf, oneSample, paired, twoSamples, type Finding } from './tests.ts';

const LEVEL_LIMIT = 1_000;

interface Sample {
  readonly name: string;
  readonly rows: number;
  readonly mean: number;
}
interface Outcome {
  readonly samples: readonly [Sample, Sample?];
  readonly finding: Finding;
  readonly effect: 'Cohen’s d' | 'Cramér’s V' | 'Rank-biserial correlation';
}

export default defineRun(testHypothesis, async ({ data }, params, context) => {
  const [issue] = columnIssues(data.schema, params);
  if (issue) throw new NodeError(issue.code, issue.message, { param: issue.param });
  const { samples, finding, effect } = params.test === 'chi-squared' ? await compareCounts(data, params, context) : await compareNumbers(data, params);
  if (Number.isNaN(finding.p)) context.log('The values do not vary, so there is nothing to test.');
  const [first, second] = samples;
  const cells: Record<string, string | number | null> = {
    Test: titleOf(params.test),
    'Sample 1': first.name,
    'Sample 2': second?.name ?? null,
    'Rows 1': first.rows,
    'Rows 2': second?.rows ?? NaN,
    'Mean 1': first.mean,
    'Mean 2': second?.mean ?? NaN,
    Statistic: finding.statistic,
    'Degrees of Freedom': finding.freedom,
    'P-Value': finding.p,
    Effect: effect,
    'Effect Size': finding.effect,
    'Interval Low': finding.low,
    'Interval High': finding.high,
  };
  const columns = RESULT.columns.map(({ name, type }): [string, ColumnValues] => {
    const cell = cells[name]!;
    return [name, type === 'text' ? [cell as string | null] : Float64Array.of(Number.isFinite(cell) ? Number(cell) : NaN)];
  });
  return { results: await context.table(RESULT, new Map(columns)) };
});

const finite = (values: Float64Array): Float64Array => values.filter(Number.isFinite);
const sampleOf = (name: string, values: Float64Array): Sample => ({ name, rows: values.length, mean: momentsOf(values).mean });

async function compareNumbers(data: Table, params: HypothesisParams): Promise<Outcome> {
  const { test, first, second, mean } = params;
  if (test === 'one-sample') {
    const values = finite((await data.read([first])).get(first) as Float64Array);
    enough(first, values, 2);
    return { samples: [sampleOf(first, values)], finding: oneSample(values, mean, params), effect: 'Cohen’s d' };
  }
  const read = await data.read([first, second]);
  const values = read.get(first) as Float64Array;
  const [[nameX, x], [nameY, y]] = isGrouped(params)
    ? groupsOf(params, values, read.get(second)!)
    : test === 'paired'
      ? pairedColumns(params, values, read.get(second) as Float64Array)
      : ([
          [first, finite(values)],
          [second, finite(read.get(second) as Float64Array)],
        ] as const);
  const least = test === 'mann-whitney' ? 1 : 2;
  enough(nameX, x, least);
  enough(nameY, y, least);
  const finding =
    test === 'mann-whitney' ? mannWhitney(x, y, params.alternative) : test === 'paired' ? paired(x, y, params) : twoSamples(x, y, test === 'pooled', params);
  return { samples: [sampleOf(nameX, x), sampleOf(nameY, y)], finding, effect: test === 'mann-whitney' ? 'Rank-biserial correlation' : 'Cohen’s d' };
}

type Named = readonly [string, Float64Array];

function enough(name: string, values: Float64Array, least: number): void {
  if (values.length < least)
    throw new NodeError('rows_none', `“${name}” has ${values.length} values, but the test needs ${least}. Look at the node that feeds this one.`, {
      param: 'first',
    });
}

function pairedColumns({ first, second }: HypothesisParams, a: Float64Array, b: Float64Array): readonly [Named, Named] {
  const { x, y } = pairsOf(a, b);
  return [
    [first, x],
    [second, y],
  ];
}

/** The two groups in the order of their names; rows without a group do not count. */
function groupsOf({ second }: HypothesisParams, values: Float64Array, groups: ColumnValues): readonly [Named, Named] {
  const members = new Map<string, number[]>();
  for (let row = 0; row < values.length; row += 1) {
    const group = groups[row];
    if (group === null || group === undefined || group === '' || Number.isNaN(group) || !Number.isFinite(values[row])) continue;
    const own = members.get(String(group));
    if (own) own.push(values[row]!);
    else if (members.set(String(group), [values[row]!]).size > LEVEL_LIMIT) break;
  }
  if (members.size !== 2) {
    const count = members.size > LEVEL_LIMIT ? `more than ${LEVEL_LIMIT.toLocaleString('en-US')}` : members.size;
    throw new NodeError(
      'parameter_invalid',
      `“${second}” has ${count} groups with numbers, but the test compares two. Choose another column, or keep the rows of two groups.`,
      { param: 'second' },
    );
  }
  const [x, y] = [...members].toSorted(([a], [b]) => (a < b ? -1 : 1)) as [[string, number[]], [string, number[]]];
  return [
    [x[0], Float64Array.from(x[1])],
    [y[0], Float64Array.from(y[1])],
  ];
}

async function compareCounts(data: Table, { first, second }: HypothesisParams, context: RunContext): Promise<Outcome> {
  const [a, b] = [findColumn(data.schema, first)!, findColumn(data.schema, second)!];
  const query = `SELECT CAST(${quoteName(first)} AS VARCHAR) AS a, CAST(${quoteName(second)} AS VARCHAR) AS b, count(*) AS n FROM data WHERE NOT ${missingInSql(a)} AND NOT ${missingInSql(b)} GROUP BY ALL ORDER BY a, b LIMIT ${LEVEL_LIMIT * LEVEL_LIMIT}`;
  const cells = await context.rows(query, { data });
  const places = (key: 'a' | 'b') => new Map([...new Set(cells.map((each) => String(each[key])))].map((level, at) => [level, at]));
  const [rows, columns] = [places('a'), places('b')];
  for (const [{ name }, levels, param] of [
    [a, rows, 'first'],
    [b, columns, 'second'],
  ] as const) {
    if (levels.size > LEVEL_LIMIT)
      throw new NodeError('column_too_many_levels', `“${name}” has more than ${LEVEL_LIMIT.toLocaleString('en-US')} different values. Group them first.`, {
        param,
      });
    if (levels.size < 2) throw new NodeError('rows_none', `“${name}” has ${levels.size} different values, but the test needs two.`, { param });
  }
  const counts = Array.from(rows, () => new Array<number>(columns.size).fill(0));
  for (const each of cells) counts[rows.get(String(each.a))!]![columns.get(String(each.b))!] = Number(each.n);
  const total = cells.reduce((sum, each) => sum + Number(each.n), 0);
  const sample = (name: string): Sample => ({ name, rows: total, mean: NaN });
  return { samples: [sample(first), sample(second)], finding: chiSquared(counts), effect: 'Cramér’s V' };
}
