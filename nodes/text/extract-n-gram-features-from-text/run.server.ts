import { turns } from '../../kernels/turns.ts';
import type { RunContext } from '../../kit/context.ts';
import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import type { Signature } from '../../kit/signature.ts';
import { column, findColumn, tableSchema, type ColumnValues, type Table, type TableSchema } from '../../kit/table.ts';
import { freeName, takenNames } from '../../transform/choose-columns.ts';
import { nGramGraph } from './graph.ts';
import { extractNGramFeaturesFromText, inputIssues, SIZE_LIMIT, VOCABULARY } from './node.ts';
import { Counter, ordered, type Entry } from './vocabulary.ts';

/** More than this is more than later nodes can work with. */
const CELL_LIMIT = 50_000_000;
/** So many cells are in memory at a time, 8 bytes each. */
const BLOCK_CELLS = 5_000_000;
const ENTRY_LIMIT = 10_000;

export default defineRun(extractNGramFeaturesFromText, async ({ data, vocabulary }, params, context) => {
  const [issue] = inputIssues(data.schema, vocabulary?.schema, params, vocabulary !== undefined);
  if (issue) throw new NodeError(issue.code, issue.message, { param: issue.param });
  const texts = (await data.read([params.column])).get(params.column) as readonly (string | null)[];
  let entries: Entry[];
  if (params.mode === 'create') {
    const counter = new Counter(params);
    const breathe = turns(context.signal);
    for (const [row, text] of texts.entries()) {
      counter.add(params.lower ? (text ?? '').toLowerCase() : (text ?? ''));
      if (row % 1_000 === 0) context.progress((0.5 * row) / texts.length);
      await breathe();
    }
    entries = counter.entries();
  } else entries = await readVocabulary(vocabulary!);
  if (entries.length === 0)
    throw new NodeError('features_none', 'No n-gram is in enough texts. Lower the minimum document frequency or the minimum word length.', {
      param: 'documents',
    });
  if (entries.length * data.rowCount > CELL_LIMIT) {
    const message = `${entries.length.toLocaleString('en-US')} n-grams of ${data.rowCount.toLocaleString('en-US')} rows are more than fits. Keep at most ${Math.max(1, Math.floor(CELL_LIMIT / data.rowCount)).toLocaleString('en-US')} n-grams, or hash the words with Feature Hashing.`;
    throw new NodeError('memory_exhausted', message, { param: 'most' });
  }

  const source = findColumn(data.schema, params.column)!;
  const kept = data.schema.columns.filter(({ name }) => !params.overwrite || name !== params.column);
  const taken = takenNames(data.schema);
  const added = entries.map(({ words }) => column(freeName(`${params.column}-${words.join(' ')}`, taken), 'number'));
  const signature: Signature = {
    kind: 'transform',
    inputs: [{ name: source.name, type: source.type, required: !source.nullable }],
    outputs: added.map(({ name, type, role }) => ({ name, type, role })),
    drops: params.overwrite ? [params.column] : [],
    rowCount: data.rowCount,
  };
  const onnx = nGramGraph(entries, params, signature);
  // The table is what the graph gives, so that a model is trained on just what it will see.
  const passed = await data.read(kept.map(({ name }) => name));
  const schema = tableSchema([...kept, ...added]);
  const blockRows = Math.max(1, Math.floor(BLOCK_CELLS / added.length));
  const blocks: Table[] = [];
  const graph = await context.onnx.open(onnx, signature);
  try {
    for (let from = 0; from === 0 || from < data.rowCount; from += blockRows) {
      const [rows, until] = [Math.min(blockRows, data.rowCount - from), from + blockRows];
      const features = await graph.apply(new Map([[params.column, texts.slice(from, until)]]), rows, context.signal);
      const columns = new Map<string, ColumnValues>([...passed].map(([name, values]) => [name, values.slice(from, until)]));
      for (const { name } of added) columns.set(name, features.get(name)!);
      blocks.push(await context.table(schema, columns));
      context.progress(0.5 + (0.5 * (from + rows)) / Math.max(1, data.rowCount));
    }
  } finally {
    await graph.close();
  }
  return {
    data: await together(blocks, schema, context),
    vocabulary: await context.table(
      VOCABULARY,
      new Map<string, ColumnValues>([
        ['ID', Float64Array.from(entries.keys())],
        ['NGram', entries.map(({ words }) => words.join(' '))],
        ['DF', Float64Array.from(entries, ({ documents }) => documents)],
        ['IDF', Float64Array.from(entries, ({ idf }) => idf)],
      ]),
    ),
    transform: { onnx, signature },
  };
});

/** Tables of the same columns as one, in their order. */
async function together(blocks: readonly Table[], schema: TableSchema, context: RunContext): Promise<Table> {
  if (blocks.length === 1) return blocks[0]!;
  const tables = Object.fromEntries(blocks.map((block, index) => [`block${index}`, block]));
  return context.query(
    Object.keys(tables)
      .map((name) => `SELECT * FROM ${name}`)
      .join(' UNION ALL '),
    tables,
    schema,
  );
}

async function readVocabulary(table: Table): Promise<Entry[]> {
  if (table.rowCount > ENTRY_LIMIT)
    throw new NodeError(
      'parameter_invalid',
      `The vocabulary has ${table.rowCount.toLocaleString('en-US')} rows; at most ${ENTRY_LIMIT.toLocaleString('en-US')} can be columns.`,
    );
  const counted = findColumn(table.schema, 'DF');
  const read = await table.read(['NGram', 'IDF', ...(counted && counted.type !== 'text' && counted.type !== 'category' ? ['DF'] : [])]);
  const idf = read.get('IDF') as Float64Array;
  const documents = read.get('DF') as Float64Array | undefined;
  const entries = (read.get('NGram') as readonly (string | null)[]).flatMap((text, row): Entry[] => {
    const words = (text ?? '').split(' ').filter((word) => word !== '');
    if (words.length === 0) return [];
    if (words.length > SIZE_LIMIT)
      throw new NodeError('parameter_invalid', `The vocabulary's n-gram “${words.join(' ').slice(0, 100)}” has more than ${SIZE_LIMIT} words.`);
    return [{ words, documents: documents && !Number.isNaN(documents[row]) ? documents[row]! : 0, idf: Number.isFinite(idf[row]) ? idf[row]! : 0 }];
  });
  return ordered(entries);
}
