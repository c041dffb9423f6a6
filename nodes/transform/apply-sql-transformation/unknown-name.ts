import { nearestName } from '../../kit/nearest-name.ts';

/** A name that a query uses and nothing has. */
export interface UnknownName {
  /** What is wrong, in the words of other messages. */
  readonly message: string;
  /** What was meant, perhaps; a column's name, not quoted. */
  readonly near: string | undefined;
}

const KINDS: readonly (readonly [says: RegExp, kind: string])[] = [
  [/^Referenced column "(.+?)" (?:not found|was not found)/, 'column'],
  [/^Table with name (.+?) does not exist/, 'table'],
  [/^(?:Scalar |Aggregate |Table |Window )?Function with name (.+?) does not exist/, 'function'],
];
const QUOTED = /"((?:[^"]|"")+)"/g;

/** Reads what DuckDB says of a name that it does not find, with those that it holds for near; null for all else that it says. */
export function unknownName(told: string): UnknownName | null {
  for (const [says, kind] of KINDS) {
    const [whole, name] = says.exec(told) ?? [];
    if (whole === undefined || name === undefined) continue;
    const rest = told.slice(whole.length);
    const candidates = [...rest.matchAll(QUOTED)].map(([, each]) => each!.replaceAll('""', '"').split('.').at(-1)!);
    const longer = candidates.find((each) => name.length > 2 && each.toLowerCase().includes(name.toLowerCase()));
    const near = nearestName(name, candidates) ?? longer;
    const known = candidates.length > 0 ? ` There is ${candidates.map((each) => `“${each}”`).join(', ')}.` : '';
    return { message: `There is no ${kind} “${name}”.${near === undefined ? known : ` Did you mean “${near}”?`}`, near };
  }
  return null;
}
