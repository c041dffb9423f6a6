import { ArtifactDamaged } from '#server/store/store.ts';
import { hashesOf, type TableQuery } from './table-query.ts';

/** The paths of the stored tables that a query reads, by hash. Throws ArtifactDamaged with the hash of the query itself, whose step can make all of it again. */
export async function sourcesOf(query: TableQuery, hash: string, open: (hash: string) => Promise<string>): Promise<Record<string, string>> {
  try {
    return Object.fromEntries(await Promise.all(hashesOf(query).map(async (each) => [each, await open(each)] as const)));
  } catch (error) {
    if (error instanceof ArtifactDamaged) throw new ArtifactDamaged(hash, `reads a table that is damaged or gone`);
    throw error;
  }
}
