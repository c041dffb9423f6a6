import { defineRun } from '../../kit/define.ts';
import { GraphBuilder } from '../../kit/onnx/builder.ts';
import { metadataOf } from '../../kit/onnx/metadata.ts';
import { selectColumnsTransform } from './node.ts';
import { selectionOf } from './selection.ts';

export default defineRun(selectColumnsTransform, ({ data }) => {
  const signature = { ...selectionOf(data.schema), rowCount: data.rowCount };
  return { transform: { onnx: new GraphBuilder().toBytes(metadataOf(signature)), signature } };
});
