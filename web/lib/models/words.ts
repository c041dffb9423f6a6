import type { ModelVersion } from '#web/lib/api-types.ts';

/** A task as the filter of the list offers it. */
export const TASK_CHOICES = [
  { value: '', label: 'All tasks' },
  { value: 'two-class', label: 'Two classes' },
  { value: 'multiclass', label: 'Several classes' },
  { value: 'regression', label: 'Regression' },
  { value: 'clustering', label: 'Clustering' },
  { value: 'anomaly', label: 'Anomaly detection' },
] as const;

/** Aliases that people use most. */
export const USUAL_ALIASES = ['champion', 'challenger'] as const;

/** Why a text cannot be an alias; null when it can. */
export function whyNoAlias(text: string): string | null {
  if (text === 'latest') return '“latest” always means the newest version.';
  if (/^[a-z][a-z0-9_-]{0,49}$/.test(text)) return null;
  return 'Begin with a small letter; small letters, digits, - and _.';
}

/** `key=value, key=value` as tags; null when a part is no pair. */
export function readTags(text: string): Record<string, string> | null {
  const parts = text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  const pairs = parts.map((part) => [part.slice(0, Math.max(0, part.indexOf('='))).trim(), part.slice(part.indexOf('=') + 1).trim()] as const);
  return pairs.every(([key]) => key !== '') ? Object.fromEntries(pairs) : null;
}
export const writeTags = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');

/** Where a version comes from, in a few words. */
export function originOf({ source, fileName, runNumber, pipelineName }: Pick<ModelVersion, 'source' | 'fileName' | 'runNumber' | 'pipelineName'>): string {
  if (source === 'upload') return fileName === '' ? 'Uploaded' : fileName;
  return runNumber === null ? 'A run' : `Run ${runNumber}${pipelineName === '' ? '' : ` of ${pipelineName}`}`;
}

/** The name of a model as an endpoint's: part of an address. */
export const endpointName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
/** The name, or the name with the first number that makes it another than those taken. */
export function freeName(name: string, taken: readonly string[]): string {
  if (name === '' || !taken.includes(name)) return name;
  for (let number = 2; ; number++) {
    const other = `${name.slice(0, 58)}-${number}`;
    if (!taken.includes(other)) return other;
  }
}
/** Why a text cannot name an endpoint; null when it can. */
export const whyNoEndpoint = (text: string): string | null =>
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text) ? null : 'Lower-case letters, digits and -, with no - at either end.';
