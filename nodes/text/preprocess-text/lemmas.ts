import { quoteText } from '../../kit/define.ts';
import { IRREGULAR, UNCHANGED } from './irregular-words.ts';

const any = (words: string): string => words.trim().split(/\s+/).join('|');
/** One sound, though written as two letters; qu and gu before a vowel are consonants. */
const CONSONANT = '(?:[qg]u|[b-df-hj-np-tv-xz])';

/** Verbs in -nge and -the, and others whose e the rules below would miss. */
const WITH_E = any(`
wast tast past hast bast writh stereotyp prototyp persuad dissuad
chang exchang interchang rang arrang rearrang derang estrang challeng reveng aveng scaveng loung lung plung spong expung cring hing infring imping ting fring syring
breath bath cloth loath sooth teeth seeth wreath sheath swath unit reunit invit excit ignit cit recit incit expedit complet delet compet obsolet deplet interfer adher persever rever coher
interven conven contraven postpon condon telephon dethron aton inhal exhal scal impal upscal downscal nauseat permeat delineat consol cajol elop telescop escap landscap`);
/** Verbs that have no e, though they end as those that do. */
const WITHOUT_E = any(`
monitor favor honor color labor mirror author sponsor anchor tailor tutor mentor harbor savor factor doctor censor humor armor rumor murmur sulfur vapor clamor abhor
combat format pivot pilot ballot debut input output collar mortar pillar gossip
pencil council counsel devil cavil ferret bulletin pumpkin kidnap unwrap benefit period method`);
/** Nouns in -us; other plurals in -uses have an e. */
const IN_US = any(`
virus bonus campus status census circus chorus consensus walrus cactus genius octopus sinus surplus fetus abacus apparatus discus hiatus nexus lotus crocus corpus minus plus
mucus rumpus ruckus caucus citrus papyrus prospectus syllabus radius nucleus stimulus thesaurus uterus fungus terminus colossus platypus hippopotamus exodus callus campus
impetus incubus isthmus litmus omnibus`);

const doubled = (letters: string): readonly [string, string] => [
  [...letters].map((letter) => `^(.*[aeiouy]${letter})${letter}(?:ed|ing)$`).join('|'),
  [...letters].map((_, index) => `\\${index + 1}`).join(''),
];
/** A stem that lost an e. */
const LOST_E = [
  '.*[aeiouy].*(?:c|[^ng]g|[^s]s|v|[^zt]z|u|[bcdfgkpstz]l|[bcdgt]r|[iu]at|com)|[uio][sc]',
  // One vowel in one syllable: a verb without an e doubles its consonant.
  `${CONSONANT}*[aeiouy][bdfgklmnprstvz]`,
  // In the last of several syllables.
  `.*[aeiouy].*${CONSONANT}(?:[aeiou]d|[aou]t|[aiou]r|[iu]n|[au]m|[aiou]k|[iou]l|ib|ap)`,
].join('|');

/** Forms of English by their endings, each with the base form: patterns of RE2, of which the first that fits holds. */
const RULES: readonly (readonly [pattern: string, base: string])[] = [
  [`^(${UNCHANGED.join('|')})$`, '\\1'],
  // Plurals and the third person.
  [`^(${any('ache headache toothache heartache cache niche moustache avalanche brioche psyche quiche creche')})s$`, '\\1'],
  [`^(${IN_US})es$`, '\\1'],
  ['^(.+(?:ss|sh|ch|x|zz))es$', '\\1'],
  ['^(..+)ies$', '\\1y'],
  ['^(.+[^aeiou]o)es$', '\\1'],
  ['^(.+[^siu])s$', '\\1'],
  ['^(.+)men$', '\\1man'],
  // The past and the participles: a vowel must stand before the ending.
  ['^(.+)ied$', '\\1y'],
  ['^(.*eed)$', '\\1'],
  [`^(${WITHOUT_E})(?:ed|ing)$`, '\\1'],
  [`^((?:re|un|dis|pre|mis|over)?(?:${WITH_E}))(?:ed|ing)$`, '\\1e'],
  doubled('bdgmnprtv'),
  [`^(.*[aeiouy].*${CONSONANT}[aeiou]l)l(?:ed|ing)$`, '\\1'],
  [`^(${LOST_E})(?:ed|ing)$`, '\\1e'],
  [`^(.*[aeiouy].*)(?:ed|ing)$`, '\\1'],
];

const IRREGULAR_FORM = `^(?:${[...IRREGULAR.keys()].join('|')})$`;
/** One text to look forms up in: in the midst of a list, a map would be made anew for each word. */
const BASES = `|${[...IRREGULAR].map(([form, base]) => `${form}:${base}`).join('|')}|`;

/**
 * SQL for the base form of an English word: by a list of irregular forms, else by its ending. A capital at its beginning stays where the form is
 * regular. What is not in letters from a to z, or all in capitals, stays as it is.
 */
export function lemmaInSql(word: string): string {
  const when = (pattern: string) => `WHEN regexp_matches(${word}, ${quoteText(`(?i)${pattern}`)}) THEN`;
  const rules = RULES.map(([pattern, base]) => `${when(pattern)} regexp_replace(${word}, ${quoteText(`(?i)${pattern}`)}, ${quoteText(base)})`);
  const base = `split_part(split_part(${quoteText(BASES)}, concat('|', lower(${word}), ':'), 2), '|', 1)`;
  return `CASE WHEN NOT regexp_matches(${word}, '^[A-Za-z][a-z]+$') THEN ${word} ${when(IRREGULAR_FORM)} ${base} ${rules.join(' ')} ELSE ${word} END`;
}
