import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '#server/db/ids.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { ConnectionSpec } from '#server/connections/open.ts';
import type { Store } from '#server/store/store.ts';
import type { ArtifactExchange } from './adapter.ts';

/** Where the connections that runs pinned come from. */
export interface ConnectionSource {
  pinned(id: string, revision: string): ConnectionSpec;
}

/** The exchange over this server's store; without `connections` there are none. */
export function storeExchange(store: Store, connections?: ConnectionSource): ArtifactExchange {
  const folders = new Map<string, Promise<string>>();
  const folderOf = (attemptId: string): Promise<string> => {
    const folder = folders.get(attemptId) ?? store.newOutputFolder(attemptId);
    folders.set(attemptId, folder);
    return folder;
  };
  return {
    open: async (hash) => (await store.open(hash)).path,
    connection(id, revision) {
      if (!connections) throw new NodeError('connection_missing', 'There are no connections here.');
      return connections.pinned(id, revision);
    },
    folder: folderOf,
    async receive(attemptId, content) {
      const path = join(await folderOf(attemptId), newId());
      const file = await open(path, 'wx', 0o600);
      try {
        const hash = createHash('sha256');
        let bytes = 0;
        for await (const chunk of content) {
          hash.update(chunk);
          await file.write(chunk);
          bytes += chunk.byteLength;
        }
        await file.sync();
        return { path, hash: hash.digest('hex'), bytes };
      } finally {
        await file.close();
      }
    },
    release: async (attemptId) => {
      if (folders.delete(attemptId)) await store.removeOutputFolder(attemptId);
    },
  };
}
