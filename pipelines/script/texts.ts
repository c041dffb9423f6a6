import { selectColumns, type ColumnSelection } from '#nodes/kit/columns.ts';
import { isTextual } from '#nodes/kit/table.ts';
import { literal, text } from './python.ts';
import type { ToPython, Translator } from './translation.ts';

const nGrams: ToPython = ({ params, inputs, outputs }) => {
  const { column, mode, size, weighting, shortest, longest, documents, ratio, most, normalize, lower, overwrite } = params;
  const found = { size, shortest, longest, documents, ratio, most };
  if (mode === 'read-only' && inputs.vocabulary === undefined) return null;
  const settings = [
    ...(mode === 'read-only' ? [`vocabulary=${inputs.vocabulary!}`] : Object.entries(found).map(([key, value]) => `${key}=${literal(value)}`)),
    `weighting=${text(weighting as string)}`,
    ...Object.entries({ normalize, overwrite }).flatMap(([key, value]) => (value ? [`${key}=True`] : [])),
    ...(lower ? [] : ['lower=False']),
  ];
  const [made, data, vocabulary] = [outputs.transform ?? outputs.data!, outputs.data!, outputs.vocabulary!];
  return {
    lines: [
      `${made} = NGrams(${[inputs.data!, text(column as string), ...settings].join(', ')})`,
      `${data}, ${vocabulary} = ${made}.apply(${inputs.data!}), ${made}.vocabulary`,
    ],
    helpers: ['NGrams'],
  };
};

const hashing: ToPython = ({ table, params, inputs, outputs }) => {
  if (!table) return null;
  const chosen = selectColumns(params.columns as ColumnSelection, table).names;
  const columns = table.columns.filter(({ name, type }) => chosen.includes(name) && isTextual(type)).map(({ name }) => name);
  const { bits, size, lower, overwrite } = params;
  const settings = [`bits=${literal(bits)}`, `size=${literal(size)}`, ...(lower ? [] : ['lower=False']), ...(overwrite ? ['overwrite=True'] : [])];
  const [made, data] = [outputs.transform ?? outputs.data!, outputs.data!];
  return {
    lines: [`${made} = HashedWords(${[literal(columns), ...settings].join(', ')})`, `${data} = ${made}.apply(${inputs.data!})`],
    helpers: ['HashedWords'],
  };
};

const apply: ToPython = ({ inputs, outputs }) => ({ lines: [`${outputs.data!} = ${inputs.transform!}.apply(${inputs.data!})`] });

const N_GRAM_PARAMETERS = ['column', 'mode', 'size', 'weighting', 'shortest', 'longest', 'documents', 'ratio', 'most', 'normalize', 'lower', 'overwrite'];
export const TEXTS: Readonly<Record<string, Translator>> = {
  'extract-n-gram-features-from-text': { uses: N_GRAM_PARAMETERS, toPython: nGrams },
  'feature-hashing': { uses: ['columns', 'bits', 'size', 'lower', 'overwrite'], toPython: hashing },
  'apply-transformation': { uses: [], toPython: apply },
};
