import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { memoryTable, tableOf, type Table } from '../../kit/table.ts';
import { runNode } from '#test/support/run-node.ts';
import { convertToCsv } from './node.ts';

/** Holds the file to its exact bytes. */
async function expectFile(data: Table, params: Record<string, unknown>, ...lines: readonly string[]): Promise<void> {
  const { artifacts } = await runNode(convertToCsv, { data }, params);
  const text = lines.map((each) => `${each}\r\n`).join('');
  expect(artifacts.file!.bytes).toBe(Buffer.byteLength(text));
  expect(artifacts.file!.hash).toBe(createHash('sha256').update(text).digest('hex'));
}

const texts = { t: { type: 'text' } } as const;

it('quotes what needs it, and keeps missing and empty apart', () =>
  expectFile(
    tableOf({ 'a "name"': ['x,y', 'say "hi"', 'two\nlines', '', null], n: [1, -2.5, null, 1e300, 0], yes: [true, false, null, true, true] }),
    {},
    '"a ""name""",n,yes',
    '"x,y",1.0,true',
    '"say ""hi""",-2.5,false',
    '"two\nlines",,',
    '"",1e+300,true',
    ',0.0,true',
  ));

it('neutralises formulas in texts and names, not numbers', async () => {
  const cells = ['=1+1', '+cmd', '-2+3', '@SUM(A1)', '\tx', '\rx', '-5', '+3.5', 'a=b', "'=x"];
  const data = memoryTable(tableOf({ '=evil()': cells }, { '=evil()': { type: 'text' } }).schema, new Map([['=evil()', cells]]));
  await expectFile(data, {}, "'=evil()", "'=1+1", "'+cmd", "'-2+3", "'@SUM(A1)", "'\tx", '"\'\rx"', '-5', '+3.5', 'a=b', "'=x");
  await expectFile(tableOf({ t: ['=1+1'] }, texts), { neutralise: false, header: false }, '=1+1');
});

it('other delimiters, dates, a single column, large whole numbers', async () => {
  await expectFile(tableOf({ t: ['a;b', 'c,d'], n: [1, 2] }, texts), { delimiter: 'semicolon', header: false }, '"a;b";1.0', 'c,d;2.0');
  await expectFile(tableOf({ t: [null, 'x'] }, texts), {}, 't', '""', 'x');
  await expectFile(tableOf({ at: [0], n: [2 ** 53 - 1] }, { at: { type: 'datetime' }, n: { type: 'integer' } }), { mark: true }, '\uFEFFat,n', '1970-01-01 00:00:00,9007199254740991');
});

it('rows keep their order beyond the first piece', async () => {
  const n = Array.from({ length: 45_000 }, (_, row) => row);
  await expectFile(tableOf({ n }, { n: { type: 'integer' } }), {}, 'n', ...n.map(String));
});
