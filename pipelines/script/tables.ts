import { selectColumns, type ColumnSelection } from '#nodes/kit/columns.ts';
import { isTextual, type TableSchema } from '#nodes/kit/table.ts';
import { block, literal, text } from './python.ts';
import type { ScriptStep, ToPython, Translation, Translator } from './translation.ts';

const PANDAS = 'import pandas as pd';
const only = (outputs: ScriptStep['outputs']): string => outputs.data!;

/** Names of chosen columns; null where the schema is not known. */
function chosen({ table, params }: ScriptStep, name = 'columns'): string[] | null {
  return table ? selectColumns(params[name] as ColumnSelection, table).names : null;
}
const columnsOf = (table: TableSchema | undefined, names: readonly string[]) => (table?.columns ?? []).filter(({ name }) => names.includes(name));

function readTable(variable: string, name: string, schema: TableSchema | undefined): Translation {
  const names = (test: (type: TableSchema['columns'][number]['type']) => boolean): string[] =>
    (schema?.columns ?? []).filter(({ type }) => test(type)).map((each) => each.name);
  const [texts, dates] = [names(isTextual), names((type) => type === 'datetime')];
  const more = [texts.length > 0 ? `texts=${literal(texts)}` : '', dates.length > 0 ? `dates=${literal(dates)}` : ''].filter(Boolean);
  return { lines: [`${variable} = read_table(${[text(name), ...more].join(', ')})`], helpers: ['read_table'] };
}

const dataset: ToPython = ({ params, outputs, assets }) => {
  const { name } = params.dataset as { name: string };
  return name === '' ? null : readTable(only(outputs), name, assets.dataset(name, (params.dataset as { version: number | null }).version));
};

const importData: ToPython = ({ params, outputs, assets }) => {
  const file = params.file as { id: string; name: string };
  if (params.source === 'url') {
    const url = params.url as string;
    const reader = /\.parquet($|\?)/i.test(url) ? 'read_parquet' : 'read_csv';
    return url === '' ? null : { lines: [`${only(outputs)} = pd.${reader}(${text(url)})`], imports: [PANDAS] };
  }
  if (params.source !== 'file' || file.id === '' || !/\.(csv|parquet)$/i.test(file.name)) return null;
  return readTable(only(outputs), file.name.replace(/\.(csv|parquet)$/i, ''), assets.file(file.id));
};

const enterData: ToPython = ({ params, outputs }) =>
  params.format === undefined || params.format === 'csv'
    ? { lines: [`${only(outputs)} = pd.read_csv(io.StringIO(${block(params.data as string)}), skipinitialspace=True)`], imports: [PANDAS, 'import io'] }
    : null;

const select: ToPython = (step) => {
  const names = chosen(step);
  return names && { lines: [`${only(step.outputs)} = ${step.inputs.data}[${literal(names)}]`] };
};

const FILLS: Readonly<Record<string, (column: string) => string>> = {
  mean: (column) => `${column}.mean()`,
  median: (column) => `${column}.median()`,
  mode: (column) => `${column}.mode().iloc[0]`,
};
const clean: ToPython = (step) => {
  const names = chosen(step);
  const { mode } = step.params;
  const [from, to] = [step.inputs.data!, only(step.outputs)];
  if (!names || step.outputs.transform !== undefined) return null;
  if (mode === 'remove-row') return { lines: [`${to} = ${from}.dropna(subset=${literal(names)})`] };
  if (mode === 'remove-column') return { lines: [`${to} = ${from}.drop(columns=[name for name in ${literal(names)} if ${from}[name].isna().any()])`] };
  const value = step.params.value as string;
  const numbers = columnsOf(step.table, names).filter(({ type }) => !isTextual(type)).length;
  const fill =
    mode === 'custom'
      ? numbers === names.length && value.trim() !== '' && Number.isFinite(Number(value))
        ? literal(Number(value))
        : numbers === 0
          ? text(value)
          : null
      : FILLS[mode as string]?.(`${to}[name]`);
  if (fill == null || (mode !== 'custom' && mode !== 'mode' && numbers < names.length)) return null;
  return { lines: [`${to} = ${from}.copy()`, `for name in ${literal(names)}:`, `    ${to}[name] = ${to}[name].fillna(${fill})`] };
};

const split: ToPython = ({ params, inputs, outputs }) => {
  if (params.mode !== 'rows') return null;
  const [first, second] = [outputs.first!, outputs.second!];
  const { fraction, seed, randomized, stratified, stratifyBy } = params;
  if (!randomized) {
    if (stratified) return null;
    const at = `round(len(${inputs.data}) * ${literal(fraction)})`;
    return { lines: [`${first}, ${second} = ${inputs.data}.iloc[:${at}], ${inputs.data}.iloc[${at}:]`] };
  }
  if (fraction === 0 || fraction === 1 || (stratified && stratifyBy === '')) return null;
  const how = [
    `train_size=${literal(fraction)}`,
    `random_state=${literal(seed)}`,
    ...(stratified ? [`stratify=${inputs.data}[${text(stratifyBy as string)}]`] : []),
  ];
  return {
    lines: [
      `${first}, ${second} = train_test_split(${[inputs.data, ...how].join(', ')})`,
      `${first}, ${second} = ${first}.sort_index(), ${second}.sort_index()`,
    ],
    imports: ['from sklearn.model_selection import train_test_split'],
  };
};

const SCALERS: Readonly<Record<string, string>> = { zscore: 'StandardScaler', minmax: 'MinMaxScaler', robust: 'RobustScaler', maxabs: 'MaxAbsScaler' };
const CURVES: Readonly<Record<string, (column: string) => string>> = {
  logistic: (column) => `1 / (1 + np.exp(-${column}))`,
  tanh: (column) => `np.tanh(${column})`,
};
const normalize: ToPython = (step) => {
  const names = chosen(step);
  if (!names || step.outputs.transform !== undefined) return null;
  const method = step.params.method as string;
  const [from, to] = [step.inputs.data!, only(step.outputs)];
  if (names.length === 0) return { lines: [`${to} = ${from}.copy()`] };
  const [scaler, curve] = [SCALERS[method], CURVES[method]];
  const columns = literal(names);
  const set = (value: string): string[] => [`columns = ${columns}`, `${to} = ${from}.copy()`, `${to}[columns] = ${value}`];
  if (scaler) return { lines: set(`${scaler}().fit_transform(${to}[columns])`), imports: [`from sklearn.preprocessing import ${scaler}`] };
  return curve ? { lines: set(curve(`${to}[columns].astype(float)`)), imports: ['import numpy as np'] } : null;
};

const indicators: ToPython = (step) => {
  const names = chosen(step);
  if (!names || step.outputs.transform !== undefined) return null;
  const [from, to] = [step.inputs.data!, only(step.outputs)];
  const made = `pd.get_dummies(${from}[${literal(names)}], prefix_sep="-", dtype=int)`;
  const kept = step.params.overwrite ? `${from}.drop(columns=${literal(names)})` : from;
  return { lines: [`${to} = pd.concat([${kept}, ${made}], axis=1)`], imports: [PANDAS] };
};

const JOINS: Readonly<Record<string, string>> = { inner: 'inner', left: 'left', right: 'right', full: 'outer' };
const join: ToPython = ({ params, specs, inputs, outputs }) => {
  const [left, right] = [specs.left, specs.right] as (TableSchema | undefined)[];
  const how = JOINS[params.joinType as string];
  if (!left || !right || left.open || right.open || !how || params.matchCase !== true) return null;
  const [leftKeys, rightKeys] = [
    selectColumns(params.leftKeys as ColumnSelection, left).names,
    selectColumns(params.rightKeys as ColumnSelection, right).names,
  ];
  const shared = left.columns.filter(({ name }) => right.columns.some((each) => each.name === name)).map(({ name }) => name);
  // Keys of one name become one column in pandas; where columns of one name remain, or missing keys could meet, the node's own SQL says it exactly.
  if (params.keepRightKeys !== false || JSON.stringify(leftKeys) !== JSON.stringify(rightKeys) || shared.some((name) => !leftKeys.includes(name))) return null;
  if ([...left.columns, ...right.columns].some(({ name, nullable }) => nullable && leftKeys.includes(name))) return null;
  return { lines: [`${only(outputs)} = ${inputs.left}.merge(${inputs.right}, how=${text(how)}, on=${literal(leftKeys)})`] };
};

const sql: ToPython = ({ params, inputs, outputs }) => ({
  lines: [
    `${only(outputs)} = query(${[block(params.script as string), ...Object.entries(inputs).map(([port, variable]) => `${port}=${variable}`)].join(', ')})`,
  ],
  helpers: ['query'],
});

const IMPORT_OPTIONS = ['source', 'file', 'url', 'regenerate'];
export const TABLES: Readonly<Record<string, Translator>> = {
  dataset: { uses: ['dataset'], toPython: dataset },
  'import-data': { uses: IMPORT_OPTIONS, toPython: importData },
  'enter-data-manually': { uses: ['data', 'format'], toPython: enterData },
  'select-columns-in-dataset': { uses: ['columns'], toPython: select },
  'clean-missing-data': { uses: ['columns', 'mode', 'value', 'allMissing', 'rounds'], toPython: clean },
  'split-data': { uses: ['mode', 'fraction', 'randomized', 'seed', 'stratified', 'stratifyBy'], toPython: split },
  'normalize-data': { uses: ['method', 'columns', 'zeroForConstant'], toPython: normalize },
  'convert-to-indicator-values': { uses: ['columns', 'overwrite'], toPython: indicators },
  'join-data': { uses: ['joinType', 'leftKeys', 'rightKeys', 'matchCase', 'keepRightKeys'], toPython: join },
  'apply-sql-transformation': { uses: ['script'], toPython: sql },
};
