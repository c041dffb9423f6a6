import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '#server/db/ids.ts';
import type { Store } from '#server/store/store.ts';
import type { ArtifactExchange } from './adapter.ts';

/** The exchange over this server's store. */
export function storeExchange(store: Store): ArtifactExchange {
  const folders = new Map<string, string>();
  const folderOf = (attemptId: string): string => {
    const folder = folders.get(attemptId) ?? store.newOutputFolder(attemptId);
    folders.set(attemptId, folder);
    return folder;
  };
  return {
    open: async (hash) => (await store.open(hash)).path,
    folder: folderOf,
    async receive(attemptId, content) {
      const path = join(folderOf(attemptId), newId());
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
