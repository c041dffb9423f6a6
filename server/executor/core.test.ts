import fc from 'fast-check';
import '#test/support/fixed-seed.ts';
import { describe, expect, test } from 'vitest';
import { isFinal, type Status } from '#pipelines/events.ts';
import { advance, createState, type CoreEvent, type CoreInput, type CorePolicy, type CoreState, type FinalStatus } from './core.ts';

/** A random acyclic graph: each node may need any earlier ones. */
const graphs = fc
  .array(fc.array(fc.nat({ max: 40 }), { maxLength: 3 }), { minLength: 1, maxLength: 25 })
  .map((needs) => needs.map((each, index): CoreInput => ({ node: `n${index}`, needs: index === 0 ? [] : each.map((need) => `n${need % index}`) })));
type Fate = 'succeed' | 'fail' | 'fail-once' | 'crash' | 'crash-once' | 'reuse';
const fates = fc.array(fc.constantFrom<Fate>('succeed', 'succeed', 'succeed', 'fail', 'fail-once', 'crash', 'crash-once', 'reuse'), {
  minLength: 25,
  maxLength: 25,
});
const policy: fc.Arbitrary<CorePolicy> = fc.record({
  retries: fc.integer({ min: 0, max: 3 }),
  retryDelaySeconds: fc.constantFrom(0, 5),
  crashRetries: fc.integer({ min: 0, max: 3 }),
  onFailure: fc.constantFrom('continue', 'stop'),
});
const policies = fc.array(policy, { minLength: 25, maxLength: 25 });
/** Few enough steps that stop a run that most runs get far. */
const stops = (each: CorePolicy, index: number): CorePolicy => ({ ...each, onFailure: index % 6 === 5 ? each.onFailure : 'continue' });

interface Played {
  readonly state: CoreState;
  readonly runs: string[];
  readonly history: Map<string, Status[]>;
  readonly most: number;
  readonly began: { readonly afterHalt: readonly string[] };
}

/** Plays a run to its end with a scheduler that picks what happens next by the given numbers; checks what must hold at every moment. */
function play(inputs: readonly CoreInput[], fate: readonly Fate[], slots: number, picks: readonly number[], cancelAt: number | null): Played {
  let state = createState(inputs);
  const pending: CoreEvent[] = [{ type: 'begin' }];
  const runs: string[] = [];
  const history = new Map<string, Status[]>(inputs.map(({ node }) => [node, []]));
  const running = new Set<string>();
  const afterHalt: string[] = [];
  let most = 0;
  let finished = 0;
  for (let turn = 0; turn < 2_000; turn++) {
    if (turn === cancelAt) pending.push({ type: 'cancel' });
    const offered = state.ready.length > 0 && running.size < slots ? 1 : 0;
    if (offered) expect(state.steps.get(state.ready[0]!)!.phase).toBe('ready');
    if (pending.length + offered === 0) break;
    const pick = picks[turn % picks.length]! % (pending.length + offered);
    const event: CoreEvent = pick === pending.length ? { type: 'granted', node: state.ready[0]! } : pending.splice(pick, 1)[0]!;
    if (event.type === 'succeeded' || event.type === 'failed' || event.type === 'stopped' || event.type === 'crashed') running.delete(event.node);
    const before = turn % 16 === 0 ? structuredClone(state) : null;
    const { halted } = state;
    const result = advance(state, event);
    if (before) expect(state).toEqual(before);
    for (const [node, { phase }] of state.steps)
      if (isFinal(phase as Status) && result.state.steps.get(node)!.phase !== phase) expect.fail(`${node} was ${phase} and changed`);
    state = result.state;
    for (const command of result.commands) {
      if (command.do === 'record') history.get(command.node)!.push(command.status);
      if (command.do === 'finish') finished++;
      if (command.do === 'prepare')
        pending.push(fate[Number(command.node.slice(1))] === 'reuse' ? { type: 'reused', node: command.node } : { type: 'needed', node: command.node });
      if (command.do === 'rest') pending.push({ type: 'rested', node: command.node });
      if (command.do === 'stop') pending.push({ type: 'stopped', node: command.node, attempt: state.steps.get(command.node)!.attempt });
      if (command.do !== 'run') continue;
      const { node, attempt } = command;
      for (const need of state.steps.get(node)!.needs) expect(['succeeded', 'reused']).toContain(state.steps.get(need)!.phase);
      runs.push(node);
      if (halted) afterHalt.push(node);
      running.add(node);
      most = Math.max(most, running.size);
      const how = fate[Number(node.slice(1))];
      if (how === 'fail' || (how === 'fail-once' && attempt === 1)) pending.push({ type: 'failed', node, attempt, again: true });
      else if (how === 'crash' || (how === 'crash-once' && attempt === 1)) pending.push({ type: 'crashed', node, attempt, again: true });
      else pending.push({ type: 'succeeded', node, attempt });
    }
  }
  expect(finished).toBe(1);
  return { state, runs, history, most, began: { afterHalt } };
}

const numbers = fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 100 });

describe('whatever happens in whatever order', () => {
  test('a run ends, no slot is used twice, final states stay, and each step ends as its fate and its needs say', () => {
    fc.assert(
      fc.property(graphs, fates, policies, fc.integer({ min: 1, max: 4 }), numbers, (graph, fate, chosen, slots, picks) => {
        const inputs = graph.map((input, index) => ({ ...input, policy: { ...chosen[index]!, onFailure: 'continue' as const } }));
        const { state, runs, most, history } = play(inputs, fate, slots, picks, null);
        expect(most).toBeLessThanOrEqual(slots);
        expect(state.left).toBe(0);
        const ends = new Map<string, FinalStatus>();
        for (const [
          index,
          {
            node,
            needs,
            policy: { retries, crashRetries },
          },
        ] of inputs.entries()) {
          const good = needs.every((need) => ends.get(need) === 'succeeded' || ends.get(need) === 'reused');
          const [own, tries] = {
            succeed: ['succeeded', 1],
            fail: ['failed', retries + 1],
            'fail-once': retries > 0 ? ['succeeded', 2] : ['failed', 1],
            crash: ['crashed', crashRetries + 1],
            'crash-once': crashRetries > 0 ? ['succeeded', 2] : ['crashed', 1],
            reuse: ['reused', 0],
          }[fate[index]!] as [FinalStatus, number];
          ends.set(node, good ? own : 'skipped');
          const attempts = good ? tries : 0;
          expect(runs.filter((each) => each === node)).toHaveLength(attempts);
          expect(history.get(node)!.filter((status) => isFinal(status))).toHaveLength(1);
        }
        expect(Object.fromEntries([...state.steps].map(([node, step]) => [node, step.phase]))).toEqual(Object.fromEntries(ends));
        const all = [...ends.values()];
        expect(state.status).toBe(all.includes('failed') ? 'failed' : all.includes('crashed') ? 'crashed' : 'succeeded');
      }),
      { numRuns: 500 },
    );
  });

  test('after the failure of a step whose policy is to stop nothing more begins, and every step has an end', () => {
    fc.assert(
      fc.property(graphs, fates, policies, fc.integer({ min: 1, max: 4 }), numbers, (graph, fate, chosen, slots, picks) => {
        const inputs = graph.map((input, index) => ({ ...input, policy: stops(chosen[index]!, index) }));
        const { state, began } = play(inputs, fate, slots, picks, null);
        expect(state.left).toBe(0);
        const stopped = inputs.some(({ node, policy: { onFailure } }) => onFailure === 'stop' && ['failed', 'crashed'].includes(state.steps.get(node)!.phase));
        expect(state.halted).toBe(stopped);
        expect(began.afterHalt).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('a cancelled run ends, begins nothing after the cancel, and leaves no step without an end', () => {
    fc.assert(
      fc.property(graphs, fates, fc.integer({ min: 1, max: 4 }), numbers, fc.nat({ max: 60 }), (inputs, fate, slots, picks, cancelAt) => {
        const { state, history } = play(inputs, fate, slots, picks, cancelAt);
        expect(state.left).toBe(0);
        expect(isFinal(state.status as Status)).toBe(true);
        for (const [, told] of history) {
          const stop = told.indexOf('cancelling');
          if (stop >= 0) expect(told.slice(stop + 1)).not.toContain('running');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a run', () => {
  const chain: CoreInput[] = [
    { node: 'a', needs: [] },
    { node: 'b', needs: ['a'] },
  ];

  test('gives slots in the order of the plan, not of readiness', () => {
    const { state } = advance(
      createState([
        { node: 'x', needs: [] },
        { node: 'y', needs: [] },
      ]),
      { type: 'begin' },
      { type: 'needed', node: 'y' },
      { type: 'needed', node: 'x' },
    );
    expect(state.ready).toEqual(['x', 'y']);
  });

  test('ignores the end of an attempt that is no longer the current one', () => {
    const { state } = advance(
      createState(chain),
      { type: 'begin' },
      { type: 'needed', node: 'a' },
      { type: 'granted', node: 'a' },
      { type: 'crashed', node: 'a', attempt: 1, again: true },
      { type: 'granted', node: 'a' },
    );
    expect(advance(state, { type: 'succeeded', node: 'a', attempt: 1 }).commands).toEqual([]);
    expect(advance(state, { type: 'succeeded', node: 'a', attempt: 2 }).commands).toContainEqual({ do: 'prepare', node: 'b' });
  });

  test('taken up again skips what failed steps left behind and goes on with the rest', () => {
    const state = createState([
      { node: 'bad', needs: [], phase: 'crashed', attempt: 2 },
      { node: 'lost', needs: ['bad'] },
      { node: 'done', needs: [], phase: 'succeeded', attempt: 1 },
      { node: 'next', needs: ['done'] },
    ]);
    expect(advance(state, { type: 'begin' }).commands).toEqual([
      { do: 'record', node: 'lost', status: 'skipped', because: 'bad' },
      { do: 'prepare', node: 'next' },
    ]);
  });

  test('waits before another attempt of a step that failed, twice as long each time, and not at all when there is no hope', () => {
    const policy = { retries: 3, retryDelaySeconds: 4, crashRetries: 0, onFailure: 'continue' } as const;
    const begun = advance(createState([{ node: 'a', needs: [], policy }]), { type: 'begin' }, { type: 'needed', node: 'a' }, { type: 'granted', node: 'a' });
    const first = advance(begun.state, { type: 'failed', node: 'a', attempt: 1, again: true });
    expect(first.commands).toContainEqual({ do: 'rest', node: 'a', milliseconds: 4_000 });
    const second = advance(first.state, { type: 'rested', node: 'a' }, { type: 'granted', node: 'a' }, { type: 'failed', node: 'a', attempt: 2, again: true });
    expect(second.commands).toContainEqual({ do: 'rest', node: 'a', milliseconds: 8_000 });
    expect(advance(begun.state, { type: 'failed', node: 'a', attempt: 1, again: false }).state.status).toBe('failed');
    expect(advance(first.state, { type: 'cancel' }).state.status).toBe('cancelled');
  });

  describe('whose step finds the result of an earlier one gone', () => {
    const graph: CoreInput[] = [
      { node: 'a', needs: [] },
      { node: 'b', needs: ['a'] },
      { node: 'c', needs: ['a'] },
      { node: 'd', needs: ['b', 'c'] },
      { node: 'e', needs: ['c'] },
    ];
    const reused = advance(createState(graph), { type: 'begin' }, { type: 'reused', node: 'a' }, { type: 'needed', node: 'b' }, { type: 'needed', node: 'c' });
    const starved = (attempt: number): CoreEvent => ({ type: 'starved', node: 'b', attempt, lost: ['a'] });
    const lost = advance(reused.state, { type: 'granted', node: 'b' }, starved(1));
    const phases = ({ steps }: CoreState): string[] => [...steps.values()].map(({ phase }) => phase);

    test('has that one made again, and what takes it waits', () => {
      expect(lost.commands.slice(-3)).toEqual([
        { do: 'record', node: 'a', status: 'queued', lost: true },
        { do: 'prepare', node: 'a' },
        { do: 'record', node: 'b', status: 'queued', rest: 0, failures: 0, crashes: 0 },
      ]);
      expect([phases(lost.state), lost.state.ready, lost.state.left]).toEqual([['preparing', 'waiting', 'waiting', 'waiting', 'waiting'], [], 5]);
      const made = advance(lost.state, { type: 'needed', node: 'a' }, { type: 'granted', node: 'a' }, { type: 'succeeded', node: 'a', attempt: 1 });
      expect(phases(made.state)).toEqual(['succeeded', 'preparing', 'preparing', 'waiting', 'waiting']);
    });

    test('skips what takes it when it cannot be made again', () => {
      const refused = advance(lost.state, { type: 'refused', node: 'a' });
      expect(phases(refused.state)).toEqual(['failed', 'skipped', 'skipped', 'skipped', 'skipped']);
      expect(refused.state.status).toBe('failed');
    });

    test('gives up when that happens again and again', () => {
      let { state } = lost;
      for (let attempt = 2; attempt <= 4; attempt++) {
        const back: CoreEvent[] = [
          { type: 'reused', node: 'a' },
          { type: 'needed', node: 'b' },
          { type: 'granted', node: 'b' },
        ];
        ({ state } = advance(state, ...back, starved(attempt)));
      }
      expect(phases(state)).toEqual(['reused', 'failed', 'preparing', 'skipped', 'waiting']);
    });

    test('leaves alone what is running, and skips it when it fails after the result is lost for good', () => {
      const both = advance(reused.state, { type: 'granted', node: 'b' }, { type: 'granted', node: 'c' }, starved(1), { type: 'refused', node: 'a' });
      expect(phases(both.state)).toEqual(['failed', 'skipped', 'running', 'skipped', 'waiting']);
      expect(phases(advance(both.state, { type: 'crashed', node: 'c', attempt: 1, again: true }).state)).toEqual([
        'failed',
        'skipped',
        'skipped',
        'skipped',
        'skipped',
      ]);
    });
  });

  test('of nothing succeeds at once', () => {
    expect(advance(createState([]), { type: 'begin' }).commands).toEqual([{ do: 'finish', status: 'succeeded' }]);
  });
});
