import type { Storage, StorageItem, StorageKind, StorageUse } from '../api-types.ts';
import { bytes } from '../format.ts';

export const KIND_NAMES: Readonly<Record<StorageKind, { one: string; many: string }>> = {
  dataset: { one: 'Dataset', many: 'Datasets' },
  run: { one: 'Run', many: 'Results of runs' },
  model: { one: 'Model', many: 'Registered models' },
  deployment: { one: 'Deployment', many: 'Deployments' },
  file: { one: 'File', many: 'Uploaded files' },
  pin: { one: 'Pinned results', many: 'Pinned results' },
};

/** The page of something that takes space; null when it has none. */
export function pageOf({ kind, id, name }: StorageItem): string | null {
  switch (kind) {
    case 'dataset':
      return `/data/${encodeURIComponent(name)}`;
    case 'model':
      return `/models/${encodeURIComponent(name)}`;
    case 'run':
      return `/runs/${id}`;
    case 'pin':
      return `/pipelines/${id}`;
    case 'deployment':
      return `/endpoints/${encodeURIComponent(placeOf(name).endpoint)}`;
    default:
      return null;
  }
}

/** Files go with what refers to them, and pins are taken out in the designer. */
export const isDeletable = ({ kind }: StorageItem): boolean => kind !== 'file' && kind !== 'pin';

/** A deployment is told as its endpoint and its own name; endpoints have no blanks in theirs. */
export function placeOf(name: string): { endpoint: string; deployment: string } {
  const at = name.indexOf(' ');
  return { endpoint: name.slice(0, at), deployment: name.slice(at + 1) };
}

export const freed = ({ bytes: all, sharedBytes }: StorageUse): number => Math.max(0, all - sharedBytes);

/** What deleting would free, as a sentence. */
export function freesText(use: StorageUse): string {
  if (use.bytes === 0) return 'It takes no space, so nothing is freed.';
  if (use.sharedBytes === 0) return `This frees ${bytes(use.bytes)}.`;
  if (freed(use) === 0) return `It takes ${bytes(use.bytes)}, all of which something else holds too, so nothing is freed yet.`;
  return `This frees ${bytes(freed(use))}; the other ${bytes(use.sharedBytes)} stay, because something else holds them too.`;
}

export interface Share {
  readonly key: string;
  readonly name: string;
  readonly bytes: number;
  readonly hint: string;
}

/** The parts of the whole, each counted once: what only one kind holds, what several share, what nothing holds, and the database. */
export function sharesOf(storage: Storage): Share[] {
  const order: readonly StorageKind[] = ['dataset', 'run', 'model', 'deployment', 'file', 'pin'];
  const kinds = order.map((kind) => {
    const { count, ...use } = storage.byKind.find((each) => each.kind === kind) ?? { bytes: 0, sharedBytes: 0, count: 0 };
    return {
      key: kind as string,
      name: KIND_NAMES[kind].many,
      bytes: freed(use),
      hint: `${count.toLocaleString('en-US')} in all; counted here is what no other kind holds too`,
    };
  });
  const database = storage.databaseBytes + storage.walBytes;
  const known = kinds.reduce((sum, share) => sum + share.bytes, 0) + storage.unreferencedBytes + database;
  const shared = {
    key: 'shared',
    name: 'Held by several kinds',
    bytes: Math.max(0, storage.totalBytes - known),
    hint: 'Such as a table that is a dataset and the result of a run: stored once',
  };
  return [
    ...kinds,
    shared,
    { key: 'unreferenced', name: 'Held by nothing', bytes: storage.unreferencedBytes, hint: 'Can be freed' },
    { key: 'database', name: 'Database and log', bytes: database, hint: 'Pipelines, runs, events and all other records' },
  ].filter((share) => share.bytes > 0);
}
