import { randomNumbers } from '../kernels/random.ts';

const BITS = '4294967295';

/** SQL of a 32-bit number mixed so that each bit of the result hangs on all of it, one to one: Wellons, lowbias32, 2018. */
function mixed(x: string): string {
  const turned = (value: string, bits: number): string => `xor(${value}, ${value} >> ${bits})`;
  const times = (value: string, factor: number): string => `((${value} * ${factor}) & ${BITS})`;
  return turned(times(turned(times(turned(x, 16), 0x7feb352d), 15), 0x846ca68b), 16);
}

/**
 * SQL of the number that is drawn for a row's number `place`, from 0 to 2^32 − 1: the same on every machine and in every version of the database, and
 * as good as by chance. It is long and names `place` many times: as a column of a query it is computed once for each row, as part of a condition as often
 * as it stands there. Rows whose numbers differ by a multiple of 2^32 alone draw the same.
 */
export function diceInSql(seed: number, place: string): string {
  const next = randomNumbers(seed);
  const key = (): number => Math.floor(next() * 2 ** 32);
  const first = mixed(`((CAST(${place} AS UBIGINT) + ${key()}) & ${BITS})`);
  return mixed(`xor(${first}, ${key()}::UBIGINT)`);
}
