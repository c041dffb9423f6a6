/** Characters that one parameter may have in all, unless its node type asks for a longer text. */
export const LONGEST_PARAMETER = 262_144;
const DEEPEST_PARAMETER = 64;

/** What is wrong with a text that could be neither stored nor shown as it is, or null. */
export function oddText(text: string): string | null {
  const at = text.indexOf('\0');
  if (at !== -1) return `Character ${at + 1} is a NUL, which no text may have. Remove it.`;
  return text.isWellFormed() ? null : 'It has half of a character pair, as when a text is cut within an emoji. Type it anew.';
}

/** What is wrong with the value of a parameter whatever its node type says, or null. `longest` counts all characters of its texts and keys. */
export function oddValue(value: unknown, longest = LONGEST_PARAMETER): string | null {
  const { characters, odd } = texts(value);
  if (odd !== null) return odd;
  const thousands = (count: number): string => Math.ceil(count / 1_000).toLocaleString('en-US');
  return characters > longest
    ? `It has ${thousands(characters)} thousand characters; at most ${thousands(longest)} thousand are possible. Make it shorter.`
    : null;
}

function texts(value: unknown): { characters: number; odd: string | null } {
  if (typeof value === 'string') return { characters: value.length, odd: oddText(value) };
  let characters = 1;
  if (typeof value !== 'object' || value === null) return { characters, odd: null };
  for (const [key, each] of Object.entries(value)) {
    const inner = texts(each);
    characters += key.length + inner.characters;
    const odd = inner.odd ?? oddText(key);
    if (odd !== null) return { characters, odd };
  }
  return { characters, odd: null };
}

/** What of a value that came as JSON cannot be kept at all: the path to it and why, or null. */
export function unkeepable(value: unknown, path: readonly PropertyKey[] = []): { path: readonly PropertyKey[]; why: string } | null {
  if (typeof value !== 'object' || value === null) return null;
  if (path.length > DEEPEST_PARAMETER) return { path: path.slice(0, 6), why: `Values may lie ${DEEPEST_PARAMETER} levels deep at most. Make it flatter.` };
  for (const [key, each] of Object.entries(value)) {
    if (key === '__proto__') return { path: [...path, key], why: 'The name "__proto__" cannot be used. Choose another name.' };
    const found = unkeepable(each, [...path, Array.isArray(value) ? Number(key) : key]);
    if (found) return found;
  }
  return null;
}
