export type Scale = (value: number) => number;

/** A straight scale from [from, to] to [start, end]; an empty domain gives the middle. */
export function linear(from: number, to: number, start: number, end: number): Scale {
  const width = to - from;
  return width === 0 ? () => (start + end) / 2 : (value) => start + ((value - from) / width) * (end - start);
}

/** At most `most` round numbers that span [from, to], steps of 1, 2 or 5 times a power of ten. */
export function ticks(from: number, to: number, most = 6): number[] {
  if (!(to > from) || !Number.isFinite(from) || !Number.isFinite(to)) return Number.isFinite(from) ? [from] : [];
  const rough = (to - from) / Math.max(1, most - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10);
  const found: number[] = [];
  for (let at = Math.ceil(from / step - 1e-9); at * step <= to + step * 1e-9; at += 1) found.push(Number((at * step).toPrecision(12)));
  return found;
}

/** The label of a tick: numbers below zero, and exponents, with a minus in place of a hyphen; dates keep their hyphens. */
export const tickText = (text: string): string => text.replace(/^-(?=[\d.])/, '−').replace(/e-(?=\d)/, 'e−');

/** The smallest round end of an axis that begins at 0 and holds `value`; with `whole`, its quarters are whole numbers. */
export function roundTop(value: number, whole = false): number {
  if (!(value > 0) || !Number.isFinite(value)) return whole ? 4 : 1;
  if (whole && value <= 30) return Math.ceil(value / 4) * 4;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 3, 4, 6, 8, 10].find((each) => each * power >= value * 0.9999) ?? 10) * power;
}

/** The ends and quarters of an axis that begins at 0. */
export const quarters = (top: number): number[] => [0, 1, 2, 3, 4].map((part) => Number(((top * part) / 4).toPrecision(12)));

/** An SVG path through points; a point that is not finite breaks the line. */
export function linePath(points: readonly (readonly [number, number])[], x: Scale, y: Scale): string {
  let path = '';
  let pen = false;
  for (const [a, b] of points) {
    if (!Number.isFinite(a) || !Number.isFinite(b)) {
      pen = false;
      continue;
    }
    path += `${pen ? 'L' : 'M'}${Math.round(x(a) * 10) / 10} ${Math.round(y(b) * 10) / 10}`;
    pen = true;
  }
  return path;
}

/** Series in order of use, each with its dash, so that colour is the second sign. */
const DASHES = ['', '5 3', '2 2', '10 4', '8 3 2 3', '4 2', '1 3', '12 3 2 3'] as const;
export const seriesColour = (at: number): string => `var(--s${(at % 6) + 1})`;
export const seriesFill = (at: number): string => (at < 2 ? `var(--s${at + 1}-fill)` : `color-mix(in srgb, ${seriesColour(at)} 22%, var(--surface))`);
export const seriesDash = (at: number): string => DASHES[at % DASHES.length] ?? '';

/** The mark of a series around a point, as an SVG path: circle, square, triangle, diamond. */
export function seriesMark(at: number, x: number, y: number, size = 4.5): string {
  switch (at % 4) {
    case 0:
      return `M${x - size} ${y}a${size} ${size} 0 1 0 ${2 * size} 0a${size} ${size} 0 1 0 ${-2 * size} 0z`;
    case 1:
      return `M${x - size + 0.5} ${y - size + 0.5}h${2 * size - 1}v${2 * size - 1}h${1 - 2 * size}z`;
    case 2:
      return `M${x} ${y - size - 0.5}l${size + 0.5} ${2 * size}h${-2 * size - 1}z`;
    default:
      return `M${x} ${y - size - 1}l${size + 1} ${size + 1}l${-size - 1} ${size + 1}l${-size - 1} ${-size - 1}z`;
  }
}
