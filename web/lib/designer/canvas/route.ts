import { BoxGrid } from './box-grid.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
/** A wire to lay: from an output port at a card's lower edge to an input port at a card's upper edge. */
export interface Wire {
  readonly id: string;
  /** Wires of one output share their lane. */
  readonly source: string;
  readonly from: Point;
  readonly to: Point;
}
export interface Route {
  readonly path: string;
  readonly corners: readonly Point[];
  /** Where the row count stands; `turn` is false on a straight wire, where it stands beside it. */
  readonly label: Point;
  readonly turn: boolean;
}

const CORNER = 8;
/** Least distance of a lane from a card. */
const MARGIN = 12;
const BETWEEN_LANES = 12;
/** How far aside a way around cards is looked for: first near by, then as far as a wire goes at all. */
const REACHES = [600, 4_000];

const round = (value: number): number => Math.round(value * 10) / 10;

/** An SVG path along the points, its corners rounded. */
export function roundedPath(points: readonly Point[], radius = CORNER): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let path = `M${round(first.x)} ${round(first.y)}`;
  rest.forEach((corner, index) => {
    const before = index === 0 ? first : rest[index - 1]!;
    const after = rest[index + 1];
    if (!after) {
      path += `L${round(corner.x)} ${round(corner.y)}`;
      return;
    }
    const inLength = Math.hypot(corner.x - before.x, corner.y - before.y);
    const outLength = Math.hypot(after.x - corner.x, after.y - corner.y);
    const bend = Math.min(radius, inLength / 2, outLength / 2);
    if (bend < 0.5) {
      path += `L${round(corner.x)} ${round(corner.y)}`;
      return;
    }
    const enter = { x: corner.x + ((before.x - corner.x) / inLength) * bend, y: corner.y + ((before.y - corner.y) / inLength) * bend };
    const leave = { x: corner.x + ((after.x - corner.x) / outLength) * bend, y: corner.y + ((after.y - corner.y) / outLength) * bend };
    path += `L${round(enter.x)} ${round(enter.y)}Q${round(corner.x)} ${round(corner.y)} ${round(leave.x)} ${round(leave.y)}`;
  });
  return path;
}

/** Whether the level or upright line between two points runs through the box. */
function crosses(a: Point, b: Point, box: Box): boolean {
  const left = Math.min(a.x, b.x);
  const right = Math.max(a.x, b.x);
  const top = Math.min(a.y, b.y);
  const bottom = Math.max(a.y, b.y);
  return right > box.x - 2 && left < box.x + box.width + 2 && bottom > box.y + 1 && top < box.y + box.height - 1;
}

function crossings(points: readonly Point[], boxes: BoxGrid): number {
  let count = 0;
  for (let index = 1; index < points.length; index += 1) {
    const [a, b] = [points[index - 1]!, points[index]!];
    boxes.near(Math.min(a.x, b.x) - 2, Math.min(a.y, b.y), Math.max(a.x, b.x) + 2, Math.max(a.y, b.y), (box) => {
      if (crosses(a, b, box)) count += 1;
    });
  }
  return count;
}

const viaLane = (from: Point, to: Point, lane: number): Point[] => [from, { x: from.x, y: lane }, { x: to.x, y: lane }, to];
const viaColumn = (from: Point, to: Point, column: number): Point[] => [
  from,
  { x: from.x, y: from.y + MARGIN },
  { x: column, y: from.y + MARGIN },
  { x: column, y: to.y - MARGIN },
  { x: to.x, y: to.y - MARGIN },
  to,
];

/** The corners of one wire: down, along a lane, down; around cards where a lane alone cannot. */
export function corners(from: Point, to: Point, boxes: BoxGrid): Point[] {
  const gap = to.y - from.y;
  const straight = Math.abs(from.x - to.x) < 1;
  if (straight && gap > 0 && crossings([from, to], boxes) === 0) return [from, to];
  if (gap >= 2 * MARGIN) {
    const middle = from.y + gap / 2;
    const lanes = gap <= 72 ? [middle] : [to.y - 16, from.y + 16, middle];
    let best = viaLane(from, to, lanes[0]!);
    let fewest = crossings(best, boxes);
    for (const lane of lanes.slice(1)) {
      if (fewest === 0) break;
      const candidate = viaLane(from, to, lane);
      const count = crossings(candidate, boxes);
      if (count < fewest) [best, fewest] = [candidate, count];
    }
    if (fewest === 0) return best;
    const around = goAround(from, to, boxes);
    return around && crossings(around, boxes) < fewest ? around : best;
  }
  return goAround(from, to, boxes) ?? viaColumn(from, to, (from.x + to.x) / 2);
}

function goAround(from: Point, to: Point, boxes: BoxGrid): Point[] | null {
  let best: Point[] | null = null;
  let fewest = Infinity;
  for (const reach of REACHES) {
    for (const column of columnsAround(from, to, boxes, reach)) {
      const candidate = viaColumn(from, to, column);
      const count = crossings(candidate, boxes);
      if (count < fewest) [best, fewest] = [candidate, count];
      if (fewest === 0) return best;
    }
  }
  return best;
}

/** Where a wire could go up or down beside cards, the shortest way first. */
function columnsAround(from: Point, to: Point, boxes: BoxGrid, reach: number): number[] {
  const top = Math.min(from.y, to.y) - MARGIN;
  const bottom = Math.max(from.y, to.y) + MARGIN;
  const [left, right] = [Math.min(from.x, to.x) - reach, Math.max(from.x, to.x) + reach];
  const columns: number[] = [];
  boxes.near(left, top, right, bottom, (box) => {
    if (box.y < bottom && box.y + box.height > top) columns.push(box.x - 14, box.x + box.width + 14);
  });
  const way = (column: number): number => Math.abs(column - from.x) + Math.abs(column - to.x);
  return columns.sort((a, b) => way(a) - way(b)).slice(0, 24);
}

interface Lane {
  readonly y: number;
  readonly from: Point;
  readonly to: Point;
  readonly source: string;
}

const overlap = (a: number, b: number, c: number, d: number): boolean => Math.min(a, b) < Math.max(c, d) - 1 && Math.max(a, b) > Math.min(c, d) + 1;

/** Whether two wires of different outputs would lie on each other, level or upright. */
function clash(one: Lane, other: Lane): boolean {
  if (one.source === other.source) return false;
  if (Math.abs(one.y - other.y) < BETWEEN_LANES - 1 && overlap(one.from.x, one.to.x, other.from.x, other.to.x)) return true;
  const down = (lane: Lane, next: Lane): boolean => Math.abs(lane.from.x - next.to.x) < 3 && overlap(lane.from.y, lane.y, next.y, next.to.y);
  return down(one, other) || down(other, one);
}

/** A free height for a level stretch: lanes of different outputs that overlap stand 12 px apart. */
function freeLane(wanted: Lane, taken: readonly Lane[], low: number, high: number): number {
  for (const step of [0, 1, -1, 2, -2]) {
    const y = wanted.y + step * BETWEEN_LANES;
    if (y > low && y < high && !taken.some((lane) => clash({ ...wanted, y }, lane))) return y;
  }
  return wanted.y;
}

/**
 * Lays every wire so that level stretches of different outputs do not lie on each other.
 * @param boxes the cards, in canvas pixels
 */
export function routeWires(wires: readonly Wire[], boxes: readonly Box[]): Map<string, Route> {
  const grid = new BoxGrid(boxes);
  const taken: Lane[] = [];
  const routes = new Map<string, Route>();
  for (const { id, source, from, to } of wires) {
    const points = corners(from, to, grid);
    if (points.length === 4) {
      const lane: Lane = { y: points[1]!.y, from, to, source };
      const y = freeLane(lane, taken, from.y + 3, to.y - 3);
      taken.push({ ...lane, y });
      points[1] = { x: points[1]!.x, y };
      points[2] = { x: points[2]!.x, y };
    }
    routes.set(id, { path: roundedPath(points), corners: points, ...labelOf(points) });
  }
  return routes;
}

function labelOf(points: readonly Point[]): { label: Point; turn: boolean } {
  if (points.length === 2) {
    const [from, to] = points as [Point, Point];
    return { label: { x: from.x + 6, y: (from.y + to.y) / 2 }, turn: false };
  }
  let widest: [Point, Point] = [points[1]!, points[2]!];
  for (let index = 1; index < points.length; index += 1) {
    const [a, b] = [points[index - 1]!, points[index]!];
    if (a.y === b.y && Math.abs(a.x - b.x) > Math.abs(widest[0].x - widest[1].x)) widest = [a, b];
  }
  return { label: { x: (widest[0].x + widest[1].x) / 2, y: widest[0].y }, turn: Math.abs(widest[0].x - widest[1].x) >= 48 };
}

/** The wire whose line runs within `reach` of a point; null when none does. */
export function wireAt(routes: ReadonlyMap<string, Route>, { x, y }: Point, reach: number): string | null {
  for (const [id, { corners }] of routes) {
    for (let index = 1; index < corners.length; index += 1) {
      const [a, b] = [corners[index - 1]!, corners[index]!];
      const [left, right, top, bottom] = [Math.min(a.x, b.x), Math.max(a.x, b.x), Math.min(a.y, b.y), Math.max(a.y, b.y)];
      if (x >= left - reach && x <= right + reach && y >= top - reach && y <= bottom + reach) return id;
    }
  }
  return null;
}
