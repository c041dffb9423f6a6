import { expect, it } from 'vitest';
import { jsonPart, readInferJson, readInferRequest } from './open-inference-request.ts';

const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);
const doubles = (...values: number[]): Buffer => Buffer.from(Float64Array.from(values).buffer);

it.each([0, 1, 2, 3, 4, 5, 6, 7])('reads binary tensors behind a head of any length, here %i more', (more) => {
  const parts = [
    { name: 'a', datatype: 'FP32', bytes: floats(1.5, -2, NaN), values: Float32Array.of(1.5, -2, NaN) },
    { name: 'b', datatype: 'BOOL', bytes: Buffer.from([1, 0, 1]), values: [true, false, true] },
    { name: 'c', datatype: 'FP32', bytes: floats(3, 4, 5), values: Float32Array.of(3, 4, 5) },
    { name: 'd', datatype: 'FP64', bytes: doubles(6, 7, 1e300), values: Float64Array.of(6, 7, 1e300) },
    { name: 'e', datatype: 'INT16', bytes: Buffer.from(Int16Array.of(-8, 9, 10).buffer), values: [-8, 9, 10] },
    { name: 'f', datatype: 'FP32', bytes: floats(11, 12, 13), values: Float32Array.of(11, 12, 13) },
    { name: 'g', datatype: 'BYTES', bytes: Buffer.from('\x01\0\0\0x\0\0\0\0\x02\0\0\0yz'), values: ['x', '', 'yz'] },
    { name: 'h', datatype: 'FP32', bytes: floats(14, 15, 16), values: Float32Array.of(14, 15, 16) },
  ];
  const inputs = parts.map(({ name, datatype, bytes }) => ({ name, datatype, shape: [3, 1], parameters: { binary_data_size: bytes.length } }));
  const head = Buffer.from(JSON.stringify({ inputs }) + ' '.repeat(more));
  const body = Buffer.concat([head, ...parts.map(({ bytes }) => bytes)]);
  const part = jsonPart(body, String(head.length));
  const read = readInferRequest(readInferJson(part), body.subarray(part.length));
  expect(read.inputs.map(({ values }) => values)).toEqual(parts.map(({ values }) => values));
});
