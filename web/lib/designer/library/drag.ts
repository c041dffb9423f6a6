const TYPE = 'application/x-modelwright-node';

/** What is dragged from the library: a node type, with settings where it stands for a dataset. */
export interface Dragged {
  readonly type: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly name?: string;
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
