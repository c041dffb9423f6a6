import { defineCases } from '../../kit/define.ts';
import type { Transform } from '../../kit/kinds.ts';
import { GraphBuilder } from '../../kit/onnx/builder.ts';
import { metadataOf } from '../../kit/onnx/metadata.ts';
import type { Signature } from '../../kit/signature.ts';
import { tableOf } from '../../kit/table.ts';
import { applyTransformation } from './node.ts';

/** Doubles `age` in place, tells in a new column whether `city` is known, and leaves out `city`. */
function doubled(): Transform {
  const builder = new GraphBuilder();
  const age = builder.input('age', 'float');
  const city = builder.input('city', 'string');
  builder.output('age', builder.node('Add', [age, age]), 'float');
  const unknown = builder.node('Equal', [city, builder.strings([''], [1, 1])]);
  builder.output('known', builder.cast(builder.node('Not', [unknown]), 'float'), 'float');
  const signature: Signature = {
    kind: 'transform',
    inputs: [
      { name: 'age', type: 'number', required: true },
      { name: 'city', type: 'category', required: false },
    ],
    outputs: [
      { name: 'age', type: 'number', role: 'feature' },
      { name: 'known', type: 'boolean', role: 'feature' },
    ],
    drops: ['city'],
  };
  return { onnx: builder.toBytes(metadataOf(signature)), signature };
}

const keeping: Signature = { kind: 'transform', inputs: [], outputs: [], drops: [], keeps: ['n', 'age'] };
const kept: Transform = { onnx: new GraphBuilder().toBytes(metadataOf(keeping)), signature: keeping };

export const cases = defineCases(applyTransformation, [
  {
    name: 'replaces in place, appends and leaves out; other columns pass untouched',
    inputs: {
      transform: doubled(),
      data: tableOf(
        { n: [2 ** 53 - 1, 2, null], age: [20, null, 40], city: ['Oslo', null, ''], day: [1, 2, 3] },
        { n: { type: 'integer' }, day: { type: 'datetime' } },
      ),
    },
    expect: {
      outputs: {
        data: tableOf(
          { n: [2 ** 53 - 1, 2, null], age: [40, null, 80], day: [1, 2, 3], known: [true, false, false] },
          { n: { type: 'integer' }, day: { type: 'datetime' } },
        ),
      },
    },
  },
  {
    name: 'a column that need not be there counts as missing',
    inputs: { transform: doubled(), data: tableOf({ age: [20] }) },
    expect: { outputs: { data: tableOf({ age: [40], known: [false] }) } },
  },
  {
    name: 'a choice of columns, in its order',
    inputs: { transform: kept, data: tableOf({ age: [20, 30], city: ['Oslo', 'Rome'], n: [1, 2] }) },
    expect: { outputs: { data: tableOf({ n: [1, 2], age: [20, 30] }) } },
  },
  { name: 'a column that it needs is not there', inputs: { transform: doubled(), data: tableOf({ city: ['Oslo'] }) }, expect: { issue: 'model_mismatch' } },
  {
    name: 'a column of another kind',
    inputs: { transform: doubled(), data: tableOf({ age: ['twenty'], city: ['Oslo'] }) },
    expect: { issue: 'model_mismatch' },
  },
]);
