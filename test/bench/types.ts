/** One figure: ours, and where a peer is there, the peer's in the same run. `ratio` = how many times better ours is. */
export interface BenchRow {
  readonly what: string;
  readonly unit: 'ms' | 's' | 'MB' | 'kB' | '/s';
  readonly ours: number;
  readonly peer: number | null;
  readonly peerName: string | null;
  readonly ratio: number | null;
}
