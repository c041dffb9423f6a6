import type { SourceVersion } from '#pipelines/edit/instances.ts';

const TYPE = 'application/x-modelwright-node';

/** What is dragged from the library: a node type, with settings where it stands for a dataset, or a saved sub-pipeline. */
export interface Dragged {
  readonly type: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly name?: string;
  readonly subPipeline?: SourceVersion;
}

export function writeDragged(transfer: DataTransfer | null, dragged: Dragged): void {
  if (!transfer) return;
  transfer.setData(TYPE, JSON.stringify(dragged));
  transfer.effectAllowed = 'copy';
}

export function readDragged(transfer: DataTransfer | null): Dragged | null {
  const text = transfer?.getData(TYPE);
  return text ? (JSON.parse(text) as Dragged) : null;
}
