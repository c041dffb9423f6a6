/** Patterns of RE2, each with what takes the place of what it finds, in their order. */
type Rules = readonly (readonly [pattern: string, by: string])[];

const APOSTROPHE = "['’]";

export const CONTRACTIONS: Rules = [
  [`(?i)\\b(w)on${APOSTROPHE}t\\b`, '\\1ill not'],
  [`(?i)\\b(sh)an${APOSTROPHE}t\\b`, '\\1all not'],
  [`(?i)\\b(ca)n${APOSTROPHE}t\\b`, '\\1n not'],
  [`(?i)n${APOSTROPHE}t\\b`, ' not'],
  [`(?i)${APOSTROPHE}re\\b`, ' are'],
  [`(?i)${APOSTROPHE}ll\\b`, ' will'],
  [`(?i)${APOSTROPHE}ve\\b`, ' have'],
  [`(?i)${APOSTROPHE}m\\b`, ' am'],
  [`(?i)\\b(it|he|she|that|this|what|there|here|where|who|how)${APOSTROPHE}s\\b`, '\\1 is'],
  [`(?i)\\b(let)${APOSTROPHE}s\\b`, '\\1 us'],
];

/** Stands for the end of a sentence until all other signs are gone; of the private use area, so that no text needs it. */
export const BREAK = '\u{E001}';
/** Stands for both ends of a word while words are brought to their base form. */
export const EDGE = '\u{E002}';
/** Stands for a point that ends no sentence. */
const POINT = '\u{E000}';

export const SENTENCES: Rules = [
  [`[${BREAK}${POINT}]`, ''],
  [`(?i)\\b(mr|mrs|ms|dr|prof|st|mt|jr|sr|vs|fig|e\\.g|i\\.e)\\.`, `\\1${POINT}`],
  ['\\b([A-HJ-Z])\\.', `\\1${POINT}`],
  [`([.!?…]+["'”’»)\\]]*)\\s+(["'“‘«(\\[]*[\\p{Lu}\\p{N}])`, `\\1 ${BREAK} \\2`],
  [POINT, '.'],
];
