import type { DependenceCurve } from '#nodes/kit/reports.ts';

const AIR = 0.04;

/** The range of predictions over curves with a little air; single rows count where they are drawn. */
export function heights(curves: readonly DependenceCurve[], withRows: boolean): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const { means, rows } of curves)
    for (const line of withRows ? [...means, ...rows] : means)
      for (const value of line) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  const air = high > low ? (high - low) * AIR : Math.abs(low) * AIR || AIR;
  return [low - air, high + air];
}

/** Which places of levels get a name, so that names of so many characters have room: the first and every n-th. */
export function namedPlaces(levels: readonly string[], characters: number): number[] {
  const longest = Math.max(1, ...levels.map((each) => Math.min(each.length, LEVEL_CHARACTERS)));
  const step = Math.max(1, Math.ceil((levels.length * (longest + 1)) / characters));
  return levels.map((_, place) => place).filter((place) => place % step === 0);
}

const LEVEL_CHARACTERS = 12;
/** A level's name for an axis. */
export const shortLevel = (level: string): string => (level.length > LEVEL_CHARACTERS ? `${level.slice(0, LEVEL_CHARACTERS - 1)}…` : level);
