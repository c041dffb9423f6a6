import { expect, it } from 'vitest';
import type { SignatureInput } from '#nodes/kit/signature.ts';
import { CsvBatch, csvRows } from './csv-batch.svelte.ts';

const inputs: readonly SignatureInput[] = [
  { name: 'tenure', type: 'integer', required: true },
  { name: 'charges', type: 'number', required: false },
  { name: 'contract', type: 'category', required: false, levels: ['One year', 'NA'] },
  { name: 'partner', type: 'boolean', required: false },
];

it('reads cells by the types of the model’s columns, whatever their order', () => {
  const { rows, problems, unused, leftOut } = csvRows('churn,partner,contract,tenure\nYes,1,NA,12\nNo,,,3\n', inputs);
  expect(rows).toEqual([
    { tenure: 12, contract: 'NA', partner: true },
    { tenure: 3, contract: null, partner: null },
  ]);
  expect([problems, unused, leftOut]).toEqual([[], ['churn'], ['charges']]);
});

it('names row and column of what does not fit', () => {
  const { problems } = csvRows('tenure,charges,partner\n1.5,high,maybe\n2,NaN,false,9\n', inputs);
  expect(problems).toEqual([
    { row: 1, column: 'tenure', words: 'Not a whole number: “1.5”' },
    { row: 1, column: 'charges', words: 'Not a number: “high”' },
    { row: 1, column: 'partner', words: 'Not true or false: “maybe”' },
    { row: 2, column: '', words: '4 values for 3 columns' },
  ]);
  expect(() => csvRows('charges\n1', inputs)).toThrow('There is no column “tenure”.');
  expect(() => csvRows('tenure\n', inputs)).toThrow('Add at least one row.');
});

it('scores in pieces and writes rows and results side by side', async () => {
  const batch = new CsvBatch(inputs);
  batch.take(`tenure\n${Array.from({ length: 2_500 }, (_, row) => row).join('\n')}\n`);
  const sizes: number[] = [];
  await batch.score((rows) => {
    sizes.push(rows.length);
    return Promise.resolve(rows.map(({ tenure }) => ({ 'Scored Labels': Number(tenure) > 9 ? 'a, b' : null })));
  });
  expect([sizes, batch.results.length, batch.error]).toEqual([[1000, 1000, 500], 2500, null]);
  expect(
    batch
      .asCsv()
      .split('\n')
      .slice(0, 12)
      .filter((_, at) => at % 10 < 2),
  ).toEqual(['tenure,Scored Labels', '0,', '9,', '10,"a, b"']);
});

it('keeps what came before an error or a cancel', async () => {
  const batch = new CsvBatch(inputs);
  batch.take(`tenure\n${'1\n'.repeat(1_500)}`);
  let calls = 0;
  await batch.score((rows) => (calls++ === 0 ? Promise.resolve(rows.map(() => ({ label: 1 }))) : Promise.reject(new Error('gone'))));
  expect([batch.results.length, String(batch.error), batch.busy]).toEqual([1000, 'Error: gone', false]);
});
