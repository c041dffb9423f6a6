import type { ArtifactFile } from '../executor/messages.ts';
import { sourcesOf } from '../executor/query-sources.ts';
import type { TableQuery } from '../executor/table-query.ts';
import type { StepPool } from '../executor/step-pool.ts';
import { newId } from '../db/ids.ts';
import { ArtifactDamaged, type Store } from '../store/store.ts';

/** As many tables are kept written that are queries; the next sweep frees the others. */
const KEPT = 32;

interface Written {
  readonly artifact: Omit<ArtifactFile, 'path'>;
  readonly release: () => void;
}

/** Tables as files of rows, for whoever reads them other than by a query: a table that is a query is written when it is first asked for. */
export class PlainTables {
  readonly #store: Store;
  readonly #pool: Pick<StepPool, 'task'>;
  readonly #written = new Map<string, Promise<Written>>();

  constructor(store: Store, pool: Pick<StepPool, 'task'>) {
    this.#store = store;
    this.#pool = pool;
  }

  /** The artifact itself, unless it is a query. Its file stays for some time, or for good once a row names it. */
  async plain(artifact: ArtifactFile): Promise<ArtifactFile> {
    if (artifact.meta.kind !== 'table' || !artifact.meta.query) return artifact;
    const known = this.#written.get(artifact.hash);
    if (known) {
      const written = await this.#found(await known.catch(() => null));
      if (written) return written;
      this.#written.delete(artifact.hash);
    }
    const writing = this.#write(artifact, artifact.meta.query);
    this.#written.set(artifact.hash, writing);
    writing.catch(() => this.#written.delete(artifact.hash));
    if (this.#written.size > KEPT) this.#forgetOldest();
    return (await this.#found(await writing))!;
  }

  async #found(written: Written | null): Promise<ArtifactFile | null> {
    if (!written) return null;
    try {
      return { ...written.artifact, path: (await this.#store.open(written.artifact.hash)).path };
    } catch (error) {
      if (!(error instanceof ArtifactDamaged)) throw error;
      written.release();
      return null;
    }
  }

  async #write(artifact: ArtifactFile, query: TableQuery): Promise<Written> {
    const id = `table-${newId()}`;
    const outputFolder = await this.#store.newOutputFolder(id);
    try {
      const sources = await sourcesOf(query, artifact.hash, async (hash) => (await this.#store.open(hash)).path);
      const { path, hash, bytes, meta } = await this.#pool.task('materialise', { artifact: { ...artifact, sources }, outputFolder });
      const release = this.#store.hold(hash);
      await this.#store.publish(path, hash);
      return { artifact: { hash, bytes, meta }, release };
    } finally {
      await this.#store.removeOutputFolder(id);
    }
  }

  #forgetOldest(): void {
    const [hash, written] = this.#written.entries().next().value!;
    this.#written.delete(hash);
    void written.then(
      ({ release }) => release(),
      () => undefined,
    );
  }
}
