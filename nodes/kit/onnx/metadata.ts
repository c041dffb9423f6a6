import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import type { ModelSummary } from '../reports.ts';
import type { Signature } from '../signature.ts';

export const SIGNATURE_KEY = 'modelwright.signature';
export const SUMMARY_KEY = 'modelwright.summary';

/** The metadata of a fitted graph, for `GraphBuilder.toBytes`. */
export function metadataOf(signature: Signature, summary?: ModelSummary): Record<string, string> {
  return { [SIGNATURE_KEY]: JSON.stringify(signature), ...(summary ? { [SUMMARY_KEY]: JSON.stringify(summary) } : {}) };
}

/** Reads one entry; undefined when absent. Throws on bytes that are no ONNX file. */
export function readMetadata(onnx: Uint8Array): Record<string, string> {
  return Object.fromEntries(fromBinary(ModelProtoSchema, onnx).metadataProps.map((each) => [each.key, each.value]));
}

/** The signature of a fitted graph; undefined for ONNX files made elsewhere. */
export function readSignature(onnx: Uint8Array): Signature | undefined {
  const text = readMetadata(onnx)[SIGNATURE_KEY];
  return text === undefined ? undefined : (JSON.parse(text) as Signature);
}

/** What a model tells about its training; undefined for transforms. */
export function readSummary(onnx: Uint8Array): ModelSummary | undefined {
  const text = readMetadata(onnx)[SUMMARY_KEY];
  return text === undefined ? undefined : (JSON.parse(text) as ModelSummary);
}

/** The same graph with this signature, and with this summary where given. */
export function writeSignature(onnx: Uint8Array, signature: Signature, summary?: ModelSummary): Uint8Array {
  const model = fromBinary(ModelProtoSchema, onnx);
  const entries = { ...readMetadata(onnx), ...metadataOf(signature, summary) };
  model.metadataProps = Object.entries(entries).map(([key, value]) => ({ $typeName: 'onnx.StringStringEntryProto', key, value }));
  model.producerName = 'modelwright';
  model.producerVersion = '1';
  return toBinary(ModelProtoSchema, model);
}
