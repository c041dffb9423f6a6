/** The eigenvalues of a symmetric matrix, falling, and its eigenvectors, one a row; the largest component of each is positive. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Householder's tridiagonalisation and the implicit QL method (Martin, Reinsch & Wilkinson 1968; EISPACK's tred2 and tql2). `matrix` is row after row. */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  const v = matrix.slice();
  const d = new Float64Array(size);
  const e = new Float64Array(size);
  tridiagonalise(v, d, e, size);
  diagonalise(v, size, d, e);
  const order = Array.from(d.keys()).sort((a, b) => d[b]! - d[a]! || a - b);
  const vectors = new Float64Array(size * size);
  order.forEach((column, row) => vectors.set(turnedUp(v.subarray(column * size, (column + 1) * size)), row * size));
  return { values: Float64Array.from(order, (column) => d[column]!), vectors };
}

/** The vector or its opposite: the one whose largest component is positive. */
export function turnedUp(vector: Float64Array): Float64Array {
  let largest = 0;
  for (let at = 0; at < vector.length; at += 1) if (Math.abs(vector[at]!) > Math.abs(vector[largest]!) + 1e-12) largest = at;
  return vector[largest]! < 0 ? vector.map((each) => -each) : vector;
}

/**
 * Turns `v`, whose columns lie one behind the other, into the orthogonal matrix that brings it to the tridiagonal form with diagonal `d` and
 * subdiagonal `e`.
 */
function tridiagonalise(v: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  for (let j = 0; j < n; j += 1) d[j] = v[j * n + n - 1]!;
  for (let i = n - 1; i > 0; i -= 1) {
    let scale = 0;
    let h = 0;
    for (let k = 0; k < i; k += 1) scale += Math.abs(d[k]!);
    if (scale === 0) {
      e[i] = d[i - 1]!;
      for (let j = 0; j < i; j += 1) {
        d[j] = v[j * n + i - 1]!;
        v[j * n + i] = 0;
        v[i * n + j] = 0;
      }
    } else {
      for (let k = 0; k < i; k += 1) {
        d[k]! /= scale;
        h += d[k]! * d[k]!;
      }
      let f = d[i - 1]!;
      let g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
      e[i] = scale * g;
      h -= f * g;
      d[i - 1] = f - g;
      e.fill(0, 0, i);
      for (let j = 0; j < i; j += 1) {
        f = d[j]!;
        v[i * n + j] = f;
        g = e[j]! + v[j * n + j]! * f;
        for (let k = j + 1; k < i; k += 1) {
          g += v[j * n + k]! * d[k]!;
          e[k]! += v[j * n + k]! * f;
        }
        e[j] = g;
      }
      f = 0;
      for (let j = 0; j < i; j += 1) {
        e[j]! /= h;
        f += e[j]! * d[j]!;
      }
      const share = f / (h + h);
      for (let j = 0; j < i; j += 1) e[j]! -= share * d[j]!;
      for (let j = 0; j < i; j += 1) {
        f = d[j]!;
        g = e[j]!;
        for (let k = j; k < i; k += 1) v[j * n + k]! -= f * e[k]! + g * d[k]!;
        d[j] = v[j * n + i - 1]!;
        v[j * n + i] = 0;
      }
    }
    d[i] = h;
  }
  for (let i = 0; i < n - 1; i += 1) {
    v[i * n + n - 1] = v[i * n + i]!;
    v[i * n + i] = 1;
    const h = d[i + 1]!;
    if (h !== 0) {
      for (let k = 0; k <= i; k += 1) d[k] = v[(i + 1) * n + k]! / h;
      for (let j = 0; j <= i; j += 1) {
        let g = 0;
        for (let k = 0; k <= i; k += 1) g += v[(i + 1) * n + k]! * v[j * n + k]!;
        for (let k = 0; k <= i; k += 1) v[j * n + k]! -= g * d[k]!;
      }
    }
    for (let k = 0; k <= i; k += 1) v[(i + 1) * n + k] = 0;
  }
  for (let j = 0; j < n; j += 1) {
    d[j] = v[j * n + n - 1]!;
    v[j * n + n - 1] = 0;
  }
  v[(n - 1) * n + n - 1] = 1;
  e[0] = 0;
}

/** The eigenvalues, falling, of the tridiagonal matrix with this diagonal and, from 0, what lies beside it. */
export function tridiagonalValues(diagonal: Float64Array, beside: Float64Array): Float64Array {
  const values = diagonal.slice();
  const e = new Float64Array(diagonal.length);
  e.set(beside.subarray(0, -1), 1);
  diagonalise(new Float64Array(0), 0, values, e);
  return values.sort().reverse();
}

/** Turns `d` into the eigenvalues and the columns of `v`, `height` long, into the eigenvectors. */
function diagonalise(v: Float64Array, height: number, d: Float64Array, e: Float64Array): void {
  const n = d.length;
  e.copyWithin(0, 1);
  e[n - 1] = 0;
  let f = 0;
  let largest = 0;
  for (let l = 0; l < n; l += 1) {
    largest = Math.max(largest, Math.abs(d[l]!) + Math.abs(e[l]!));
    let m = l;
    while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * largest) m += 1;
    if (m > l) {
      do {
        let g = d[l]!;
        let p = (d[l + 1]! - g) / (2 * e[l]!);
        let r = p < 0 ? -Math.hypot(p, 1) : Math.hypot(p, 1);
        d[l] = e[l]! / (p + r);
        d[l + 1] = e[l]! * (p + r);
        const next = d[l + 1]!;
        let h = g - d[l]!;
        for (let i = l + 2; i < n; i += 1) d[i]! -= h;
        f += h;
        p = d[m]!;
        let [c, c2, c3, s, s2] = [1, 1, 1, 0, 0];
        const second = e[l + 1]!;
        for (let i = m - 1; i >= l; i -= 1) {
          c3 = c2;
          c2 = c;
          s2 = s;
          g = c * e[i]!;
          h = c * p;
          r = Math.hypot(p, e[i]!);
          e[i + 1] = s * r;
          s = e[i]! / r;
          c = p / r;
          p = c * d[i]! - s * g;
          d[i + 1] = h + s * (c * g + s * d[i]!);
          for (let at = i * height; at < (i + 1) * height; at += 1) {
            const value = v[at + height]!;
            v[at + height] = s * v[at]! + c * value;
            v[at] = c * v[at]! - s * value;
          }
        }
        p = (-s * s2 * c3 * second * e[l]!) / next;
        e[l] = s * p;
        d[l] = c * p;
      } while (Math.abs(e[l]!) > Number.EPSILON * largest);
    }
    d[l]! += f;
    e[l] = 0;
  }
}
