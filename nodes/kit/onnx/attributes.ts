import type { MessageInitShape } from '@bufbuild/protobuf';
import type { AttributeProto_AttributeType, AttributeProtoSchema } from 'onnx-buf';

/** An attribute of an operator, not yet a message: what only asks whether a graph can be written needs no protobuf. */
export type Attribute = MessageInitShape<typeof AttributeProtoSchema>;

const TYPES = { FLOAT: 1, INT: 2, STRING: 3, FLOATS: 6, INTS: 7, STRINGS: 8 } as const satisfies Partial<
  Record<keyof typeof AttributeProto_AttributeType, AttributeProto_AttributeType>
>;
const encoder = new TextEncoder();

/** Attributes are typed: ONNX tells whole numbers from floats, JavaScript does not. */
export const int = (value: number | bigint): Attribute => ({ type: TYPES.INT, i: BigInt(value) });
export const float = (value: number): Attribute => ({ type: TYPES.FLOAT, f: value });
export const string = (value: string): Attribute => ({ type: TYPES.STRING, s: encoder.encode(value) });
export const ints = (values: Iterable<number | bigint>): Attribute => ({ type: TYPES.INTS, ints: Array.from(values, (each) => BigInt(each)) });
export const floats = (values: Iterable<number>): Attribute => ({ type: TYPES.FLOATS, floats: [...values] });
export const strings = (values: Iterable<string>): Attribute => ({ type: TYPES.STRINGS, strings: Array.from(values, (each) => encoder.encode(each)) });
