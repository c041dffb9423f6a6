import { tickText } from '../charts/scale.ts';
import { figure } from '../format.ts';

type Value = number | string | boolean | null;

/** One upright axis of parallel coordinates. */
export interface ParallelAxis {
  readonly name: string;
  /** From 0 (bottom) to 1 (top); NaN where there is no value. */
  place(value: Value): number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  readonly logarithmic: boolean;
}

/** Beyond this ratio of the largest to the smallest value steps are read as factors. */
const LOGARITHMIC = 50;
const MOST_TICKS = 6;

/** Numbers stand at their value, or at its logarithm where they are positive and far apart; other values at even distances, sorted. */
export function parallelAxis(name: string, values: readonly Value[]): ParallelAxis {
  const distinct = [...new Set(values.filter((value) => value !== null && !(typeof value === 'number' && Number.isNaN(value))))];
  const numbers = distinct.filter((value) => typeof value === 'number').sort((a, b) => a - b);
  if (numbers.length < distinct.length || numbers.length === 0) {
    const words = distinct.map(String).sort();
    const at = (word: string): number => (words.length === 1 ? 0.5 : words.indexOf(word) / (words.length - 1));
    return {
      name,
      logarithmic: false,
      place: (value) => (value === null ? Number.NaN : at(String(value))),
      ticks: words.map((word) => ({ at: at(word), text: word })),
    };
  }
  const [low, high] = [numbers[0]!, numbers.at(-1)!];
  const logarithmic = low > 0 && high / low >= LOGARITHMIC;
  const scaled = (value: number): number => (logarithmic ? Math.log(value) : value);
  const place = (value: Value): number => {
    if (typeof value !== 'number' || Number.isNaN(value)) return Number.NaN;
    return high === low ? 0.5 : (scaled(value) - scaled(low)) / (scaled(high) - scaled(low));
  };
  const inside = (part: number): number => (logarithmic ? Math.exp(scaled(low) + part * (scaled(high) - scaled(low))) : low + part * (high - low));
  const shown = numbers.length <= MOST_TICKS ? numbers : [0, 0.25, 0.5, 0.75, 1].map(inside);
  return { name, logarithmic, place, ticks: shown.map((value) => ({ at: place(value), text: tickText(figure(value)) })) };
}

/** A name in at most two lines of so many letters, parted between words; what is too long ends in an ellipsis. */
export function inTwoLines(name: string, letters: number): string[] {
  if (name.length <= letters) return [name];
  const space = name.lastIndexOf(' ', letters);
  const first = space > 0 ? name.slice(0, space) : name.slice(0, letters);
  const rest = name.slice(first.length).trim();
  return [first, rest.length <= letters ? rest : `${rest.slice(0, letters - 1).trimEnd()}…`];
}
