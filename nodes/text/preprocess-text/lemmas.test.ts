import { expect, it } from 'vitest';
import { runNode } from '#test/support/run-node.ts';
import { tableOf, type Table } from '../../kit/table.ts';
import { preprocessText } from './node.ts';

/** Each form before its base form. */
const PAIRS = `
was be, went go, children child, women woman, feet foot, wolves wolf, leaves leaf, crises crisis, better good, paid pay, taught teach, dying die, panicked panic, buses bus
cities city, ties tie, movies movie, heroes hero, shoes shoe, classes class, boxes box, watches watch, aches ache, viruses virus, houses house, uses use, menus menu, topics topic
tried try, agreed agree, needed need, walked walk, hoped hope, hopped hop, stopped stop, planned plan, called call, controlled control, travelled travel, fixed fix, played play
changed change, hanged hang, judged judge, danced dance, closed close, loved love, realized realize, argued argue, valued value, breathed breathe, handled handle, curled curl
created create, repeated repeat, associated associate, evaluated evaluate, visited visit, invited invite, completed complete, targeted target, promoted promote, executed execute
provided provide, avoided avoid, opened open, mentioned mention, postponed postpone, offered offer, compared compare, cleared clear, required require, explored explore
monitored monitor, measured measure, combined combine, explained explain, assumed assume, escaped escape, developed develop, disliked dislike, compiled compile, described describe
being be, making make, running run, seeing see, going go, studying study, bringing bring, singing sing, using use, typing type, skiing ski, becoming become
thing thing, during during, king king, hundred hundred, red red, indeed indeed, bus bus, this this, glass glass, physics physics, news news, morning morning, specimen specimen`
  .trim()
  .split(/[,\n]/)
  .map((pair) => pair.trim().split(' ') as [string, string]);

it('forms of English come in their base form', async () => {
  const data = tableOf({ text: PAIRS.map(([form]) => form) }, { text: { type: 'text' } });
  const { outputs } = await runNode(preprocessText, { data }, { column: 'text', lemmas: true, stopWords: false });
  const found = (await (outputs.data as Table).read()).get('Preprocessed text') as string[];
  expect(PAIRS.map(([form], row) => `${form} ${found[row]}`)).toEqual(PAIRS.map((pair) => pair.join(' ')));
});
