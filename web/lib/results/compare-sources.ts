import type { Api } from '../api.ts';
import { when } from '../format.ts';

/** Where tables are that another can be compared with. */
export interface CompareSource {
  readonly name: string;
  /** What is said when there are none. */
  readonly none: string;
  places(): Promise<readonly { readonly value: string; readonly label: string }[]>;
  /** The artifact at a place; null when it is gone. */
  hashAt(place: string): Promise<string | null>;
}

const SEPARATOR = '\n';

/** The versions of all datasets, but for the table itself. */
export const datasetSource = (api: Api, own: string): CompareSource => ({
  name: 'Datasets',
  none: 'There are no other datasets.',
  async places() {
    const { items } = await api.datasets.list({ limit: 200 });
    const details = await Promise.all(items.map(async (each) => (each.versionCount > 1 ? (await api.datasets.get(each.name)).versions : [each.latest])));
    return details
      .flat()
      .filter(({ hash }) => hash !== own)
      .map(({ name, version }) => ({ value: `${name}${SEPARATOR}${version}`, label: `${name}, version ${version}` }));
  },
  async hashAt(place) {
    const [name = '', version] = place.split(SEPARATOR);
    return (await api.datasets.get(name)).versions.find((each) => String(each.version) === version)?.hash ?? null;
  },
});

/** The same output in earlier runs of the pipeline. */
export const runSource = (api: Api, pipeline: string, place: { readonly node: string; readonly port: string }): CompareSource => ({
  name: 'Earlier runs',
  none: 'There are no earlier runs.',
  async places() {
    const { items } = await api.runs.list({ pipeline, limit: 50 });
    return items.map(({ id, number, startedAt }) => ({ value: id, label: `Run ${number}, ${when(startedAt)}` }));
  },
  async hashAt(id) {
    const { steps } = await api.runs.get(id);
    return steps.find(({ node }) => node === place.node)?.outputs.find((each) => each.port === place.port && each.kind === 'table')?.hash ?? null;
  },
});

/** Tables that are known already, such as those of a pipeline's newest results. */
export const knownSource = (name: string, tables: readonly { readonly hash: string; readonly label: string }[]): CompareSource => ({
  name,
  none: 'There is no other table yet.',
  places: async () => tables.map(({ label }, at) => ({ value: String(at), label })),
  hashAt: async (place) => tables[Number(place)]?.hash ?? null,
});
