/** English words that say little of what a text is about: articles, pronouns, prepositions, conjunctions, auxiliaries and their short forms, without apostrophes. */
export const STOP_WORDS: readonly string[] = [
  'a an the this that these those',
  'i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its itself',
  'they them their theirs themselves who whom whose which what',
  'and or but nor so if then than because while until although though as whether',
  'of at by for with about against between into through during before after above below to from up down in out on off over under again further',
  'once here there when where why how all any both each few more most other some such only own same too very just also',
  'am is are was were be been being have has had having do does did doing will would shall should can could may might must ought',
  'im ive id ill youre youve youd youll hes shes weve wed were theyre theyve theyd theyll thats theres whats whos lets isnt arent wasnt werent',
].flatMap((line) => line.split(' '));
