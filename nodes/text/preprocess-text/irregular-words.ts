/** Base forms of English, each before those of its forms that no rule gives. A form of several words stands with the one it mostly is. */
const FORMS = `
be am is are was were been being|have has had having|do does did done doing|go goes went gone|say said|get got gotten|make made|know knew known|think thought|take took taken
see saw seen|come came|give gave given|find found|tell told|feel felt|leave left|put putting|mean meant|keep kept|let letting|begin began begun|show shown|hear heard|run ran
hold held|bring brought|write wrote written|sit sat|stand stood|lose lost|pay paid|meet met|lead led|understand understood|speak spoke spoken|spend spent|grow grew grown
win won|buy bought|send sent|build built|fall fell fallen|cut cutting|sell sold|eat ate eaten|sing sang sung|sink sank sunk|swim swam swum|drink drank drunk|ring rang rung
drive drove driven|ride rode ridden|rise rose risen|break broke broken|choose chose chosen|wear wore worn|tear tore torn|bear bore borne|swear swore sworn|steal stole stolen
freeze froze frozen|wake woke woken|forget forgot forgotten|hide hid hidden|bite bit bitten|beat beaten|draw drew drawn|fly flew flown flies|throw threw thrown|blow blew blown
catch caught|teach taught|seek sought|fight fought|sleep slept|sweep swept|weep wept|creep crept|deal dealt|dream dreamt|learn learnt|burn burnt|lend lent|bend bent
feed fed|bleed bled|breed bred|speed sped|flee fled|slide slid|shoot shot|hang hung|stick stuck|strike struck stricken|dig dug|spin spun|swing swung|cling clung|fling flung
sting stung|wring wrung|shake shook shaken|forgive forgave forgiven|forbid forbade forbidden|become became|overcome overcame|undergo undergoes underwent undergone
withdraw withdrew withdrawn|arise arose arisen|awake awoke awoken|weave wove woven|spring sprang sprung|shrink shrank shrunk|stink stank stunk|string strung|swell swollen|sew sewn
sow sown|mow mown|hew hewn|prove proven|shave shaven|strive strove striven|stride strode|undertake undertook undertaken|mistake mistook mistaken|overtake overtook overtaken
undo undoes undid undone|redo redoes redid redone|rebuild rebuilt|rewrite rewrote rewritten|retell retold|foresee foresaw foreseen|oversee oversaw overseen|withstand withstood
withhold withheld|uphold upheld|behold beheld|mislead misled|misunderstand misunderstood|outgrow outgrew outgrown|overhear overheard|overthrow overthrew overthrown|bind bound
grind ground|wind wound|kneel knelt|light lit|slay slew slain|spit spat|tread trod trodden|bid bade bidden|cleave cloven|shine shone|shear shorn|smite smote smitten
die died dying dies|lie lied lying lies|tie tied tying ties|untie untied untying|vie vied vying|dye dyeing|singe singeing|age aged ageing|belie belied|underlie underlying underlies
panic panicked panicking|picnic picnicked picnicking|mimic mimicked mimicking|traffic trafficked trafficking|frolic frolicked frolicking|quiz quizzed quizzing quizzes|free freed
create created creating|recreate recreated recreating|eye eyed eyeing|agree agreed|disagree disagreed|guarantee guaranteed|decree decreed|referee refereed|pedigree pedigreed
focus focused focusing focuses|bias biased biasing biases|bus buses|gas gases|yes yeses|alias aliases|atlas atlases|canvas canvases|lens lenses|iris irises|pancreas pancreases
add added adding|egg egged egging|err erred erring|ebb ebbed ebbing|purr purred purring|install installed installing|recall recalled recalling|enroll enrolled enrolling
unroll unrolled unrolling|fulfill fulfilled fulfilling|instill instilled instilling|distill distilled distilling|appall appalled appalling|forestall forestalled forestalling
man men|woman women|child children|foot feet|tooth teeth|goose geese|mouse mice|louse lice|ox oxen|wolf wolves|wife wives|life lives|knife knives
leaf leaves|half halves|shelf shelves|self selves|thief thieves|loaf loaves|calf calves|hoof hooves|scarf scarves|elf elves|sheaf sheaves|wharf wharves|turf turves
analysis analyses|crisis crises|thesis theses|hypothesis hypotheses|diagnosis diagnoses|synthesis syntheses|parenthesis parentheses|oasis oases|basis bases|axis axes
emphasis emphases|neurosis neuroses|psychosis psychoses|prognosis prognoses|metamorphosis metamorphoses|criterion criteria|phenomenon phenomena|datum data|medium media
bacterium bacteria|memorandum memoranda|stratum strata|curriculum curricula|ovum ova|spectrum spectra|alumnus alumni|cactus cacti|fungus fungi|nucleus nuclei|radius radii
stimulus stimuli|syllabus syllabi|locus loci|focus foci|larva larvae|vertebra vertebrae|formula formulae|antenna antennae|nebula nebulae|appendix appendices|index indices
matrix matrices|vertex vertices|vortex vortices|codex codices|helix helices|shoe shoes|toe toes|foe foes|hoe hoes|canoe canoes|oboe oboes|woe woes|horseshoe horseshoes
movie movies|cookie cookies|calorie calories|zombie zombies|rookie rookies|brownie brownies|selfie selfies|pie pies|prairie prairies|genie genies|hippie hippies|junkie junkies
magpie magpies|necktie neckties|menu menus|guru gurus|emu emus|flu flus|haiku haikus|ski skis|taxi taxis|bikini bikinis|safari safaris|kiwi kiwis|alibi alibis|rabbi rabbis
salami salamis|samurai samurais|yogi yogis|wedding weddings|building buildings|meeting meetings|feeling feelings|painting paintings|meaning meanings|hearing hearings|opening openings
beginning beginnings|offering offerings|drawing drawings|recording recordings|setting settings|finding findings|savings savings|ruling rulings
lay laid|plead pled|leap leapt|lean leant|smell smelt|dwell dwelt|spell spelt|spoil spoilt|glue glued gluing|owe owed owing|awe awed awing|tsunami tsunamis|posse posses
good better best|bad worse worst`;

/** The base form of each irregular form. */
export const IRREGULAR: ReadonlyMap<string, string> = new Map(
  FORMS.trim()
    .split(/[|\n]/)
    .flatMap((each) => {
      const [base, ...forms] = each.split(' ') as [string, ...string[]];
      return forms.map((form): [string, string] => [form, base]);
    }),
);

/** Words that end as forms do, and are none. */
export const UNCHANGED: readonly string[] = `
his its this thus us yes plus as has was gas bus lens always perhaps across besides unless afterwards towards upwards downwards forwards backwards nowadays sometimes sideways
overseas whereas alas hers ours yours theirs series species news means mathematics physics economics politics ethics athletics electronics genetics linguistics statistics
gymnastics robotics aerobics dynamics acoustics optics mechanics semantics tactics logistics diabetes rabies herpes measles headquarters christmas pajamas texas kansas
pancreas atlas bias canvas chaos cosmos pathos ethos asbestos kudos rhinoceros mars athens paris jesus moses james charles thomas wales lewis davis jones williams
hundred sacred naked wicked kindred hatred infrared rugged beloved embed moped biped red bed shed wed sled bred fred ted indeed need feed seed speed deed weed greed breed bleed
steed creed reed heed exceed proceed succeed misdeed agreed tweed knead
during thing something nothing anything everything king ring spring string wing swing bring sing sling cling sting fling wring morning evening ceiling pudding wedding sibling
darling sterling herring shilling viking being nothing duckling lightning inning awning bedding bowling clothing earring farthing gelding sapling stocking stuffing cunning
offspring plaything kingpin yearling starling lodging underling outing building meeting feeling painting meaning hearing opening beginning offering drawing
recording setting finding ruling
upstairs downstairs corps dallas laos arkansas massachusetts subspecies imbed
specimen omen abdomen regimen acumen semen amen stamen yemen ramen`
  .trim()
  .split(/\s+/);
