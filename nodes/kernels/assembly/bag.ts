// Which rows count in the present tree: those whose drawn number does not exceed the threshold.
export let bagSeed: u32 = 0;
export let bagThreshold: u32 = 0xffffffff;

export function setBag(seed: u32, threshold: u32): void {
  bagSeed = seed;
  bagThreshold = threshold;
}
