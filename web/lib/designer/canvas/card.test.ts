import { describe, expect, it } from 'vitest';
import { problem, warning } from '#nodes/kit/issues.ts';
import type { Step } from '../../api-types.ts';
import { newStep } from '../../runs/step-events.ts';
import { cardOf, shortReason, type CardFacts } from './card.ts';

const node = { id: 'split', type: 'split-data', version: 1, name: '', comment: '', params: { fraction: 0.7 } };
const step = (more: Partial<Step>): Step => ({
  ...newStep({ id: 'r', number: 42 }, 'split', 'Split'),
  type: 'split-data',
  status: 'succeeded',
  milliseconds: 80,
  ...more,
});
const table = (port: string, rowCount: number) => ({ port, kind: 'table' as const, hash: 'h', bytes: 1, rowCount, columnCount: 20 });
const facts = (more: Partial<CardFacts>): CardFacts => ({
  node,
  definition: undefined,
  state: undefined,
  issues: [],
  step: undefined,
  plan: undefined,
  progress: undefined,
  live: false,
  ran: undefined,
  inference: false,
  waitsFor: 0,
  now: 10_000,
  ...more,
});
const will = { node: 'split', will: 'run' as const, reason: 'Share changed from 0.7 to 0.8', lastMilliseconds: 400, compute: 'local' };

describe('cardOf', () => {
  it('shows time and rows of what succeeded', () => {
    const card = cardOf(facts({ step: step({ outputs: [table('first', 5282), table('second', 1761)] }) }));
    expect([card.face, card.foot.text, card.foot.right]).toEqual(['succeeded', '0.08 s', '5,282 + 1,761']);
  });
  it('shortens its foot rather than cutting words, and tells it whole', () => {
    const reused = cardOf(facts({ step: step({ status: 'reused', reusedFrom: 2, outputs: [table('data', 7043)] }) }));
    expect([reused.foot.text, reused.foot.right, reused.foot.whole]).toEqual(['Reused', '7,043 × 20', 'Reused · run 2, 7,043 × 20']);
    expect(reused.words).toContain('Reused · run 2, 7,043 × 20');
    const few = cardOf(facts({ step: step({ status: 'reused', reusedFrom: 2, outputs: [table('data', 344)] }) }));
    expect([few.foot.text, few.foot.right, few.foot.whole]).toEqual(['Reused · run 2', '344 × 20', undefined]);
    const kept = { ...will, will: 'reuse' as const, reason: 'result of run 42' };
    const large = cardOf(facts({ plan: kept, step: step({ outputs: [table('first', 2_100_000), table('second', 900_000)] }) }));
    expect([large.foot.text, large.foot.right, large.foot.whole]).toEqual(['0.08 s', '2.1 M + 900 k', '0.08 s, 2,100,000 + 900,000']);
  });
  it('tells disabled and cut off nodes from those that run', () => {
    const disabled = cardOf(facts({ node: { ...node, disabled: true }, step: step({}) }));
    expect([disabled.face, disabled.foot.text, disabled.next]).toEqual(['off', 'Disabled', '']);
    const cut = cardOf(facts({ issues: [warning('node_off', '“A” before it does not run.')], step: step({}) }));
    expect([cut.face, cut.foot.text, cut.now.text]).toEqual(['off', 'Does not run', '“A” before it does not run.']);
    expect(shortReason('input changed: Dataset; "Clean" is disabled')).toBe('input disabled');
  });
  it('marks a pinned result, and one that is gone', () => {
    const pinned = { ...node, pin: { run: 12, outputs: { first: 'a'.repeat(64) } } };
    const plan = { ...will, will: 'reuse' as const, reason: 'pinned result of run 12' };
    expect(cardOf(facts({ node: pinned, step: step({}), plan })).foot).toMatchObject({ icon: 'pin', text: 'Pinned · run 12' });
    expect(cardOf(facts({ node: pinned, step: step({}), plan: { ...will, reason: 'the pinned result is gone' } })).foot.text).toBe(
      'Will run: pinned result is gone',
    );
  });
  it('says why it will run, and how long that took', () => {
    const card = cardOf(facts({ step: step({}), plan: will }));
    expect([card.face, card.foot.text, card.foot.right, card.now.text]).toEqual(['will', 'Will run: new setting', '≈ 0.4 s', 'Share: 0.7 → 0.8']);
  });
  it('says in a sentence what the next run does with it', () => {
    expect(cardOf(facts({ plan: will })).next).toBe('It will run: Share changed from 0.7 to 0.8. It took 0.40 s last time.');
    const kept = cardOf(facts({ step: step({}), plan: { ...will, will: 'reuse', reason: 'result of run 41' } }));
    expect([kept.face, kept.kept, kept.next]).toEqual(['succeeded', true, 'The result of run 41 is taken again. It took 0.40 s last time.']);
    const another = cardOf(facts({ plan: { ...will, will: 'reuse', reason: 'result of run 41' } }));
    expect(another.foot).toMatchObject({ icon: 'reused', text: 'Will reuse run 41' });
    const never = { ...will, reason: 'never ran', lastMilliseconds: null };
    expect(cardOf(facts({ plan: never, step: step({ status: 'cancelled' }) })).foot.text).toBe('Will run: it was cancelled');
    expect([cardOf(facts({ plan: never })).next, cardOf(facts({ plan: never, step: step({ status: 'failed' }), ran: node })).next]).toEqual([
      'It will run: never ran.',
      'It will run: it has not succeeded yet.',
    ]);
    expect(cardOf(facts({ live: true, plan: will, step: step({ status: 'running' }) })).next).toBe('');
  });
  it('says what a queued or repeated step waits for', () => {
    const waiting = step({ status: 'queued', reason: 'waits for a slot of "small"' });
    expect(cardOf(facts({ live: true, step: waiting })).foot.text).toBe('Waits for a slot of "small"');
    expect(cardOf(facts({ live: true, step: waiting, waitsFor: 2 })).foot.text).toBe('Queued for 2 steps');
    expect(cardOf(facts({ live: true, step: step({ status: 'running', attempt: 2, attemptsAllowed: 3 }) })).foot.text).toBe('Running, attempt 2 of 3');
  });
  it('keeps a failure until the node is changed', () => {
    const failed = step({ status: 'failed', error: { code: 'label_missing', message: 'No label.' } });
    expect(cardOf(facts({ step: failed, plan: will, ran: node })).now).toMatchObject({ text: 'No label.', tone: 'bad' });
    expect(cardOf(facts({ step: failed, plan: will, ran: { ...node, params: { fraction: 0.5 } } })).face).toBe('will');
  });
  it('puts what is missing before settings, quietly, and other mistakes loudly', () => {
    expect(cardOf(facts({ issues: [problem('port_missing', 'Connect Dataset.')] })).now).toMatchObject({ text: 'Connect Dataset.', tone: 'info' });
    expect(cardOf(facts({ issues: [problem('column_missing', 'No column "x".')] })).now.tone).toBe('bad');
  });
  it('offers the fix of a warning', () => {
    const fix = { title: 'Stratify', set: { stratified: true } };
    expect(cardOf(facts({ step: step({}), issues: [warning('option_ignored', 'Not stratified.', { fix })] })).now).toMatchObject({ tone: 'warn', fix });
  });
  it('shows progress and the time left of a live step', () => {
    const card = cardOf(facts({ live: true, step: step({ status: 'running' }), progress: { fraction: 0.5, message: 'tree 50 of 100', since: 2_000 } }));
    expect([card.foot.text, card.foot.right, card.now.text, card.progress]).toEqual(['Running · 50 %', '8 s left', 'tree 50 of 100', 0.5]);
  });
});

describe('shortReason', () => {
  it('says what changed in two words', () => {
    expect(
      [
        'never ran',
        'node type updated',
        'forced',
        'the earlier result was damaged',
        'Seed changed',
        'input changed: Dataset; and 2 more',
        'new version of churn',
        'not deterministic',
        '"Clean" runs before it',
      ].map(shortReason),
    ).toEqual(['never ran', 'node updated', 'asked for', 'result was damaged', 'new setting', 'new input', 'new data', 'never reused', 'new input']);
  });
});
