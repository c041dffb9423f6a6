/**
 * The lower median of the values that are not missing; NaN where there is none. Quickselect (Hoare 1961) with the median of three as pivot:
 * linear time, where sorting would take longer than training a linear model.
 */
export function lowerMedian(values: Float64Array): number {
  let work = new Float64Array(values.length);
  let count = 0;
  // Only NaN differs from itself.
  for (let row = 0; row < values.length; row += 1) if (values[row]! === values[row]!) work[count++] = values[row]!;
  if (count === 0) return NaN;
  work = work.subarray(0, count);
  const wanted = (work.length - 1) >> 1;
  let low = 0;
  let high = work.length - 1;
  while (low < high) {
    const pivot = middleOf(work[low]!, work[(low + high) >> 1]!, work[high]!);
    let left = low;
    let right = high;
    while (left <= right) {
      while (work[left]! < pivot) left += 1;
      while (work[right]! > pivot) right -= 1;
      if (left > right) break;
      const swap = work[left]!;
      work[left] = work[right]!;
      work[right] = swap;
      left += 1;
      right -= 1;
    }
    if (wanted <= right) high = right;
    else if (wanted >= left) low = left;
    else break;
  }
  return work[wanted]!;
}

const middleOf = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
