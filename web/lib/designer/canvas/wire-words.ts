import type { ColumnProfile } from '../../api-types.ts';
import type { ArtifactSummary } from '#pipelines/events.ts';
import type { DocumentEdge } from '#pipelines/document.ts';
import { count } from '../../format.ts';
import type { PortPlace } from '../state/keys.ts';
import type { Face } from './card.ts';

type Names = {
  nameOf(node: string): string;
  portOf(place: PortPlace, side: 'inputs' | 'outputs'): { readonly title: string } | undefined;
};

/** An end of a wire as people call it: `Split Data, Results dataset1`. */
export const endWords = (names: Names, place: PortPlace, side: 'inputs' | 'outputs'): string =>
  `${names.nameOf(place.node)}, ${names.portOf(place, side)?.title ?? place.port}`;

export const wireWords = (names: Names, { from, to }: DocumentEdge): string => `${endWords(names, from, 'outputs')} to ${endWords(names, to, 'inputs')}`;

/** What a wire carried last was made before something changed, or is being made anew. */
export const isStale = (source: Face | undefined): boolean => source === 'will' || source === 'none' || source === 'queued' || source === 'running';

/** `7,043 rows × 20 columns` of a table, nothing of what has no rows. */
export function sizeWords({ rowCount, columnCount }: Pick<ArtifactSummary, 'rowCount' | 'columnCount'>): string {
  const of = (number: number | null, one: string): string => (number === null ? '' : `${count(number)} ${one}${number === 1 ? '' : 's'}`);
  return [of(rowCount, 'row'), of(columnCount, 'column')].filter(Boolean).join(' × ');
}

const MOST_WARNINGS = 4;

/** What is doubtful about the columns that a wire carries, at most so many lines. */
export function warningLines(profiles: ReadonlyMap<string, Pick<ColumnProfile, 'warnings'>> | undefined, rowCount: number | null): string[] {
  const lines = [...(profiles ?? [])].flatMap(([column, { warnings }]) => warnings.map(({ message }) => `${column}: ${message}`));
  const all = rowCount === 0 ? ['The table has no rows.', ...lines] : lines;
  return all.length > MOST_WARNINGS ? [...all.slice(0, MOST_WARNINGS - 1), `and ${all.length - MOST_WARNINGS + 1} more`] : all;
}
