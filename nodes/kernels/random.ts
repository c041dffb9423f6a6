/** A seeded generator of numbers in [0, 1): mulberry32. Equal seeds give equal sequences on every machine. */
export function randomNumbers(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The numbers below `count` in random order (Fisher–Yates). */
export function shuffled(count: number, random: () => number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let index = count - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    const swap = order[index]!;
    order[index] = order[other]!;
    order[other] = swap;
  }
  return order;
}

/** `size` different row numbers below `count`, rising. */
export function sampleOf(count: number, size: number, seed: number): Uint32Array {
  const random = randomNumbers(seed);
  const chosen = new Uint32Array(size);
  let taken = 0;
  // Selection sampling (Knuth 3.4.2, algorithm S).
  for (let row = 0; row < count && taken < size; row += 1) if (random() * (count - row) < size - taken) chosen[taken++] = row;
  return chosen;
}
