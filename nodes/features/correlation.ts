/** Numbers of one column; NaN and infinite ones do not count. */
export type Numbers = Float64Array;

export interface Pairs {
  readonly x: Numbers;
  readonly y: Numbers;
}

/** The rows in which both are finite. */
export function pairsOf(x: Numbers, y: Numbers): Pairs {
  const [a, b] = [new Float64Array(x.length), new Float64Array(x.length)];
  let count = 0;
  for (let row = 0; row < x.length; row += 1) {
    if (!Number.isFinite(x[row]!) || !Number.isFinite(y[row]!)) continue;
    a[count] = x[row]!;
    b[count++] = y[row]!;
  }
  return { x: a.subarray(0, count), y: b.subarray(0, count) };
}

/** r of Pearson (1895) of finite numbers, from −1 to 1; NaN where one of them is constant. */
export function correlation({ x, y }: Pairs): number {
  if (isConstant(x) || isConstant(y)) return NaN;
  const [meanX, meanY] = [mean(x), mean(y)];
  let [both, squaresX, squaresY] = [0, 0, 0];
  for (let row = 0; row < x.length; row += 1) {
    const [dx, dy] = [x[row]! - meanX, y[row]! - meanY];
    both += dx * dy;
    squaresX += dx * dx;
    squaresY += dy * dy;
  }
  return Math.max(-1, Math.min(1, both / (Math.sqrt(squaresX) * Math.sqrt(squaresY))));
}

const mean = (values: Numbers): number => values.reduce((sum, each) => sum + each, 0) / values.length;
const isConstant = (values: Numbers): boolean => values.every((each) => each === values[0]);

/** Ranks from 1; equal values share their mean rank. */
export function ranks(values: Numbers): Numbers {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const found = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]!] === values[order[from]!]) to += 1;
    for (let place = from; place < to; place += 1) found[order[place]!] = (from + to + 1) / 2;
  }
  return found;
}
