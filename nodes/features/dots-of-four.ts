/**
 * Adds the products of a vector with those of `others` from the place `from` on, all as long as it is, to `sums` at `at` and the place of each. Four
 * at a time, so that each value is read once for all of them.
 */
export function dotsOfFour(values: Float64Array, others: readonly Float64Array[], from: number, sums: Float64Array, at: number): void {
  let place = from;
  for (; place + 4 <= others.length; place += 4) {
    const [a, b, c, d] = [others[place]!, others[place + 1]!, others[place + 2]!, others[place + 3]!];
    let [first, second, third, fourth] = [0, 0, 0, 0];
    for (let row = 0; row < values.length; row += 1) {
      const value = values[row]!;
      first += value * a[row]!;
      second += value * b[row]!;
      third += value * c[row]!;
      fourth += value * d[row]!;
    }
    sums[at + place]! += first;
    sums[at + place + 1]! += second;
    sums[at + place + 2]! += third;
    sums[at + place + 3]! += fourth;
  }
  for (; place < others.length; place += 1) {
    const other = others[place]!;
    let sum = 0;
    for (let row = 0; row < values.length; row += 1) sum += values[row]! * other[row]!;
    sums[at + place]! += sum;
  }
}
