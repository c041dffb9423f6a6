/** Solves A x = b for the coefficients that A determines; `dependent` lists those that are left at zero. */
export interface Solver {
  readonly dependent: readonly number[];
  solve(b: Float64Array): Float64Array;
}

/**
 * Factors a symmetric positive semidefinite matrix (row after row, size × size) by Cholesky with diagonal pivoting (Higham 2002, §10.3). A
 * column whose pivot falls below `tolerance` times its diagonal depends on earlier ones and gets the solution zero.
 */
export function factor(matrix: Float64Array, size: number, tolerance = 1e-10): Solver {
  const a = matrix.slice();
  const order = Array.from({ length: size }, (_, index) => index);
  const diagonal = Float64Array.from(order, (index) => a[index * size + index]!);
  const original = diagonal.slice();
  const lower = new Float64Array(size * size);
  let rank = 0;
  for (; rank < size; rank += 1) {
    let pivot = rank;
    const share = (position: number) => diagonal[order[position]!]! / (original[order[position]!]! || 1);
    for (let position = rank + 1; position < size; position += 1) if (share(position) > share(pivot)) pivot = position;
    if (!(share(pivot) > tolerance)) break;
    [order[rank], order[pivot]] = [order[pivot]!, order[rank]!];
    const column = order[rank]!;
    const root = Math.sqrt(diagonal[column]!);
    lower[column * size + rank] = root;
    for (let position = rank + 1; position < size; position += 1) {
      const row = order[position]!;
      let sum = a[row * size + column]!;
      for (let k = 0; k < rank; k += 1) sum -= lower[row * size + k]! * lower[column * size + k]!;
      const value = sum / root;
      lower[row * size + rank] = value;
      diagonal[row]! -= value * value;
    }
  }
  return {
    dependent: order.slice(rank).sort((x, y) => x - y),
    solve(b) {
      const x = new Float64Array(size);
      const half = new Float64Array(rank);
      for (let i = 0; i < rank; i += 1) {
        let sum = b[order[i]!]!;
        for (let k = 0; k < i; k += 1) sum -= lower[order[i]! * size + k]! * half[k]!;
        half[i] = sum / lower[order[i]! * size + i]!;
      }
      for (let i = rank - 1; i >= 0; i -= 1) {
        let sum = half[i]!;
        for (let k = i + 1; k < rank; k += 1) sum -= lower[order[k]! * size + i]! * x[order[k]!]!;
        x[order[i]!] = sum / lower[order[i]! * size + i]!;
      }
      return x;
    },
  };
}
