import type { Card, Face } from './card.ts';

export interface GroupCardWords {
  readonly face: Face;
  readonly text: string;
  readonly foot: Card['foot'];
  /** From 0 to 1 while some of it runs. */
  readonly progress: number | null;
}

/** What the card of a collapsed group says: the most urgent of its nodes' states, and how many have it. */
export function groupCardOf(cards: readonly Card[]): GroupCardWords {
  const count = (...faces: Face[]): number => cards.filter((card) => faces.includes(card.face)).length;
  const total = cards.length;
  const bad = cards.find((card) => card.now.tone === 'bad') ?? cards.find((card) => card.now.tone === 'info') ?? cards.find((card) => card.now.tone === 'warn');
  const text = bad ? `${bad.name}: ${bad.now.text}` : `${total} ${total === 1 ? 'node' : 'nodes'}`;
  const words = (face: Face, icon: Card['foot']['icon'], foot: string, right = ''): GroupCardWords => ({
    face,
    text,
    foot: { icon, text: foot, right, log: false },
    progress: null,
  });
  const failed = count('failed', 'crashed');
  const done = count('succeeded', 'reused');
  const running = count('running', 'queued');
  if (running > 0) return { ...words('running', 'running', 'Running', `${done} of ${total}`), progress: done / total };
  if (failed > 0) return words('failed', 'fail', `${failed} failed`, `${done} of ${total} done`);
  if (count('off') === total) return words('off', 'skipped', 'Disabled');
  const will = count('will');
  if (will > 0) return words('will', 'will', will === total ? 'Will run' : `Will run ${will} of ${total}`);
  if (done > 0 && done + count('off') === total) return count('reused') === done ? words('reused', 'reused', 'Reused') : words('succeeded', 'ok', 'Done');
  return count('ready') > 0 ? words('ready', 'deploy', 'Part of the endpoint') : words('none', 'none', 'Not run');
}
