/**
 * How many different values the registers of a HyperLogLog have seen, whatever their number: about 1.04 ÷ √registers off. Each register holds the
 * highest position of the first bit that is set, from 1, of the hashes that fell to it, 0 without any; their hashes have 64 bits with those that
 * choose the register. Source: O. Ertl (2017), "New cardinality estimation algorithms for HyperLogLog sketches", algorithm 6.
 */
export function distinctOf(registers: Uint8Array): number {
  const most = 64 - Math.log2(registers.length);
  const counts = new Array<number>(most + 2).fill(0);
  for (const register of registers) counts[register]! += 1;
  const size = registers.length;
  let sum = size * tau(1 - counts[most + 1]! / size);
  for (let rank = most; rank >= 1; rank--) sum = 0.5 * (sum + counts[rank]!);
  sum += size * sigma(counts[0]! / size);
  return Math.round(((1 / (2 * Math.LN2)) * size * size) / sum);
}

function sigma(share: number): number {
  if (share === 1) return Infinity;
  let [power, factor, sum] = [share, 1, share];
  for (let before = -1; sum !== before;) {
    before = sum;
    power *= power;
    sum += power * factor;
    factor *= 2;
  }
  return sum;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let [power, factor, sum] = [share, 1, 1 - share];
  for (let before = -1; sum !== before;) {
    before = sum;
    power = Math.sqrt(power);
    factor *= 0.5;
    sum -= (1 - power) ** 2 * factor;
  }
  return sum / 3;
}
