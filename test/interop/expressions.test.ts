import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readExpression } from '#nodes/kit/expression/expression.ts';
import { GraphBuilder } from '#nodes/kit/onnx/builder.ts';
import { fuse } from '#nodes/kit/onnx/fuse.ts';
import { datetimeText, graphTypeOf } from '#nodes/kit/onnx/graph-type.ts';
import { createOnnxRunner } from '#nodes/kit/onnx/session.server.ts';
import { column, isTextual, tableSchema, type Columns, type ColumnType } from '#nodes/kit/table.ts';
import { expectEqualColumns, type Cell } from './compare.ts';
import { python } from './python.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-expressions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const schema = tableSchema([column('day', 'datetime', { nullable: true }), column('text', 'text', { nullable: true })]);
const days = Float64Array.from([Date.UTC(2024, 1, 29, 23, 59, 59, 999), -1, NaN, Date.UTC(2021, 0, 3), 0]);
const texts = ['  See https://a.example/x, Sooo GOOD; mail a@b.org!!! ', "don't, 1,000.5 ÉTÉ", null, 'ß a,b,,c', '31.01.2026 09:30'];
const columns: Columns = new Map<string, Float64Array | (string | null)[]>([
  ['day', days],
  ['text', texts],
]);

it.each([
  'year(day) * 10000 + month(day) * 100 + day(day)',
  'quarter(day) * 1000000 + week(day) * 10000 + weekday(day) * 1000 + hour(day) * 10',
  'unix(day) / 1000 + minute(day)',
  "dateDiff(day, date('2024-03-01'))",
  "if(day > date('2000-01-01'), day, date('1999-12-31 12:00'))",
  "minute(date(text, '%d.%m.%Y %H:%M'))",
  'length(text)',
  "concat(upper(text), '|', title(trim(text)), '|', collapse(lower(text)))",
  "concat(part(text, ',', 2), '|', partsFrom(text, ',', 2), '|', replace(text, 'o', text))",
  "withoutWords(withoutRepeats(withoutSigns(withoutNumbers(lower(withoutEmails(withoutUrls(text)))))), 'a see')",
  'apartSigns(text)',
])('a graph of %s passes the checker and gives the same in Python', async (expression) => {
  const type = readExpression(expression, schema).typed!.type as ColumnType;
  const builder = new GraphBuilder();
  builder.output('result', builder.input('made', graphTypeOf(type)), graphTypeOf(type));
  const outputs = [{ name: 'result', type, role: 'score' as const }];
  const signature = { kind: 'model' as const, inputs: [{ name: 'made', type, required: false }], outputs, drops: [] };
  const fused = fuse(
    [
      { as: 'columns', steps: [{ do: 'derive', name: 'made', expression }] },
      { as: 'graph', onnx: builder.toBytes(), signature },
    ],
    schema,
  );
  const path = join(folder, 'expression.onnx');
  writeFileSync(path, fused.onnx);
  const own = (await createOnnxRunner({ threads: 1 }).apply(fused.onnx, fused.signature, columns, texts.length)).get('result')!;
  const sent = { day: Array.from(days, (each) => datetimeText(each) || null), text: texts };
  const told = python<{ outputs: Record<string, Cell[]> }>('check_onnx.py', [path], { columns: sent });
  const result = Array.from<number | string | null>(own).map((each) => (typeof each === 'number' && Number.isNaN(each) ? null : each));
  const shown =
    type === 'datetime' ? result.map((each) => (each === null ? '' : datetimeText(Number(each)))) : result.map((each) => each ?? (isTextual(type) ? '' : null));
  expectEqualColumns({ result: shown }, told.outputs, ['result']);
  expect(new Set(shown).size).toBeGreaterThan(1);
});
