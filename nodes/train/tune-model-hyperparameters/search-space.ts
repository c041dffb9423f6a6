import type { z } from 'zod';
import { randomNumbers } from '../../kernels/random.ts';

export type ParamValue = number | string | boolean;
export type Settings = Readonly<Record<string, ParamValue>>;

/** One parameter that is varied. */
export interface Dimension {
  readonly name: string;
  readonly title: string;
  /** Distinct, in the order given. */
  readonly values: readonly ParamValue[];
  /** Whether values between the smallest and the largest make sense, and how they are spread. */
  readonly between: 'none' | 'linear' | 'logarithmic';
  readonly whole: boolean;
}

/** From this ratio of the largest to the smallest positive value on, draws are spread evenly over factors. */
const LOGARITHMIC_RATIO = 10;

/** `schema` is that of the single parameter; it tells whole numbers from others. */
export function dimensionOf(name: string, title: string, given: readonly unknown[], schema: z.ZodType | undefined): Dimension {
  const values = [...new Set(given as readonly ParamValue[])];
  const numbers = values.filter((value) => typeof value === 'number');
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const whole = numbers.every(Number.isInteger) && !schema?.safeParse(low + 0.5).success;
  if (numbers.length < values.length || values.length < 2) return { name, title, values, between: 'none', whole };
  return { name, title, values, between: low > 0 && high / low >= LOGARITHMIC_RATIO ? 'logarithmic' : 'linear', whole };
}

/** The number of combinations of all values. */
export const gridSize = (dimensions: readonly Dimension[]): number => dimensions.reduce((count, { values }) => count * values.length, 1);

/** The combination with that place; the last parameter varies fastest. */
export function gridSettings(dimensions: readonly Dimension[], place: number): Settings {
  const settings: Record<string, ParamValue> = {};
  let rest = place;
  for (const { name, values } of dimensions.toReversed()) {
    settings[name] = values[rest % values.length]!;
    rest = Math.floor(rest / values.length);
  }
  return Object.fromEntries(dimensions.map(({ name }) => [name, settings[name]!]));
}

const bounds = ({ values, between }: Dimension): [number, number] => {
  const numbers = values as readonly number[];
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  return between === 'logarithmic' ? [Math.log(low), Math.log(high)] : [low, high];
};

/** The value at a place from 0 to 1. */
export function valueAt(dimension: Dimension, place: number): ParamValue {
  const { values, between, whole } = dimension;
  if (between === 'none') return values[Math.min(values.length - 1, Math.floor(place * values.length))]!;
  const [low, high] = bounds(dimension);
  const scaled = low + place * (high - low);
  const value = between === 'logarithmic' ? Math.exp(scaled) : scaled;
  return whole ? Math.round(value) : Number(value.toPrecision(4));
}

/** The place from 0 to 1 of a value; of one that has no order the middle of its share. */
export function placeOf(dimension: Dimension, value: ParamValue): number {
  const { values, between } = dimension;
  if (between === 'none') return (values.indexOf(value) + 0.5) / values.length;
  const [low, high] = bounds(dimension);
  const scaled = between === 'logarithmic' ? Math.log(value as number) : (value as number);
  return Math.min(1, Math.max(0, (scaled - low) / (high - low)));
}

export const settingsAt = (dimensions: readonly Dimension[], places: readonly number[]): Settings =>
  Object.fromEntries(dimensions.map((dimension, index) => [dimension.name, valueAt(dimension, places[index]!)]));

const REPEATS = 50;

/** Keeps drawing until nothing that was tried before comes out, or for a while. */
export function unlike(tried: Set<string>, draw: () => Settings): Settings | null {
  for (let attempt = 0; attempt < REPEATS; attempt += 1) {
    const settings = draw();
    const key = JSON.stringify(settings);
    if (tried.has(key)) continue;
    tried.add(key);
    return settings;
  }
  return null;
}

/** `count` settings by chance, each parameter anywhere between its ends; fewer where there are not so many. */
export function randomSettings(dimensions: readonly Dimension[], count: number, seed: number): Settings[] {
  const random = randomNumbers(seed);
  const tried = new Set<string>();
  const settings: Settings[] = [];
  while (settings.length < count) {
    const next = unlike(tried, () =>
      settingsAt(
        dimensions,
        dimensions.map(() => random()),
      ),
    );
    if (!next) break;
    settings.push(next);
  }
  return settings;
}

/** `count` combinations of the values given, by chance, none twice. */
export function randomGridSettings(dimensions: readonly Dimension[], count: number, seed: number): Settings[] {
  const size = gridSize(dimensions);
  const random = randomNumbers(seed);
  const places = new Set<number>();
  // Floyd's sampling without replacement.
  for (let place = Math.max(0, size - count); place < size; place += 1) {
    const drawn = Math.floor(random() * (place + 1));
    places.add(places.has(drawn) ? place : drawn);
  }
  return [...places].map((place) => gridSettings(dimensions, place));
}
