import { editDistance } from './edit-distance.ts';

/** The name that is most like the given one; undefined when none is within a third of its length. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  let [best, least]: [string | undefined, number] = [undefined, Math.max(1, Math.floor(name.length / 3)) + 1];
  for (const other of names) {
    const distance = editDistance(name.toLowerCase(), other.toLowerCase(), least - 1);
    if (distance < least) [best, least] = [other, distance];
  }
  return best;
}
