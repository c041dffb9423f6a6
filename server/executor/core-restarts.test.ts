import fc from 'fast-check';
import '#test/support/fixed-seed.ts';
import { expect, test } from 'vitest';
import { isFinal, type Status } from '#pipelines/events.ts';
import { advance, createState, type CoreCommand, type CoreEvent, type CoreInput, type CorePolicy, type CoreState, type Phase } from './core.ts';

/** What the database holds of a step. */
interface Row {
  status: Status;
  attempt: number;
  failures: number;
  crashes: number;
  /** Beginnings that no policy bounds: after a loss, or since the server stopped in good order. */
  free: number;
}
type End = 'succeeded' | 'failed' | 'crashed' | 'starved';
interface Happening {
  readonly what: 'next' | 'restart' | 'kill' | 'cancel';
  /** Which of the things that can happen next. */
  readonly which: number;
  /** How the attempt ends, if it is the end of one, and which of the results that it takes are lost. */
  readonly end: End;
  readonly lost: number;
}
type Step = CoreInput & { readonly policy: CorePolicy };

const good = (status: Status): boolean => status === 'succeeded' || status === 'reused';
/** As in the recovery: a restart takes one attempt more than a crash. */
const MORE_OVER_RESTARTS = 1;

/** A run whose server may end at any moment: what it knows then is what was recorded. Checks at each turn what must hold. */
class World {
  readonly steps: readonly Step[];
  readonly rows: Map<string, Row>;
  readonly #slots: number;
  state: CoreState;
  #pending: CoreEvent[] = [{ type: 'begin' }];
  #running = new Set<string>();
  #cancelled = false;
  finished = 0;

  constructor(steps: readonly Step[], slots: number) {
    this.steps = steps;
    this.#slots = slots;
    this.rows = new Map(steps.map(({ node }) => [node, { status: 'queued', attempt: 0, failures: 0, crashes: 0, free: 0 }]));
    this.state = createState(steps);
  }

  get over(): boolean {
    return isFinal(this.state.status as Status);
  }

  happen({ what, which, end, lost }: Happening): void {
    if (what === 'cancel') this.#cancel();
    else if (what === 'next') this.next(which, end, lost);
    else this.#restart(what === 'kill');
  }

  /** One of the things that can happen next; false when nothing can any more. */
  next(which: number, end: End, lost: number): boolean {
    const grants = this.#running.size < this.#slots ? Math.min(1, this.state.ready.length) : 0;
    const running = [...this.#running];
    const choices = this.#pending.length + grants + running.length;
    if (choices === 0) return false;
    const index = which % choices;
    if (index < this.#pending.length) this.#apply(this.#pending.splice(index, 1)[0]!);
    else if (index < this.#pending.length + grants) this.#apply({ type: 'granted', node: this.state.ready[0]! });
    else this.#finishAttempt(running[index - this.#pending.length - grants]!, end, lost);
    return true;
  }

  #finishAttempt(node: string, end: End, pick: number): void {
    const { attempt, needs } = this.state.steps.get(node)!;
    this.#running.delete(node);
    const lost = needs.filter((need, index) => good(this.rows.get(need)!.status) && (pick >> index) % 2 === 0);
    if (end === 'starved' && lost.length > 0) this.#apply({ type: 'starved', node, attempt, lost });
    else if (end === 'failed' || end === 'crashed') this.#apply({ type: end, node, attempt, again: pick > 0 });
    else this.#apply({ type: 'succeeded', node, attempt });
  }

  #cancel(): void {
    this.#apply({ type: 'cancel' });
    this.#cancelled = true;
  }

  /** The server ends, killed or in good order, and the next takes up what was recorded. */
  #restart(killed: boolean): void {
    if (this.over) return;
    for (const step of this.steps) {
      const row = this.rows.get(step.node)!;
      if (row.status !== 'running' && row.status !== 'cancelling') continue;
      if (!killed && row.status === 'running') {
        row.status = 'queued';
        row.free += 1;
        continue;
      }
      const again = row.status === 'cancelling' || row.crashes < step.policy.crashRetries + MORE_OVER_RESTARTS;
      Object.assign(row, { status: again ? 'queued' : 'crashed', crashes: row.crashes + 1 });
    }
    const inputs = this.steps.map((step) => {
      const { status, ...counts } = this.rows.get(step.node)!;
      return { ...step, ...counts, phase: isFinal(status) ? (status as Phase) : ('waiting' as const) };
    });
    this.state = createState(inputs, { cancelling: this.#cancelled });
    this.#pending = [{ type: 'begin' }];
    this.#running.clear();
  }

  #apply(event: CoreEvent): void {
    const stopped = this.#cancelled || this.#halted();
    const { state, commands } = advance(this.state, event);
    for (const command of commands) if (command.do === 'record') this.#record(command, event, state, stopped);
    this.state = state;
    for (const command of commands) this.#carryOut(command);
  }

  #halted(): boolean {
    return this.steps.some(({ node, policy }) => policy.onFailure === 'stop' && ['failed', 'crashed'].includes(this.rows.get(node)!.status));
  }

  #record(command: Extract<CoreCommand, { do: 'record' }>, event: CoreEvent, state: CoreState, stopped: boolean): void {
    const { node, status, lost, failures, crashes } = command;
    const row = this.rows.get(node)!;
    if (lost) expect(good(row.status)).toBe(true);
    else expect(isFinal(row.status)).toBe(false);
    if (status === 'running') {
      expect(stopped).toBe(false);
      for (const need of state.steps.get(node)!.needs) expect(good(this.rows.get(need)!.status)).toBe(true);
      row.attempt += 1;
    }
    if (lost || (event.type === 'starved' && event.node === node && status === 'queued')) row.free += 1;
    row.status = status;
    row.failures = failures ?? row.failures;
    row.crashes = crashes ?? row.crashes;
  }

  #carryOut(command: CoreCommand): void {
    if (command.do === 'finish') this.finished += 1;
    else if (command.do === 'prepare') this.#pending.push({ type: 'needed', node: command.node });
    else if (command.do === 'rest') this.#pending.push({ type: 'rested', node: command.node });
    else if (command.do === 'run') this.#running.add(command.node);
    else if (command.do === 'stop') {
      this.#running.delete(command.node);
      this.#pending.push({ type: 'stopped', node: command.node, attempt: this.state.steps.get(command.node)!.attempt });
    }
  }
}

const policy: fc.Arbitrary<CorePolicy> = fc.record({
  retries: fc.nat({ max: 2 }),
  retryDelaySeconds: fc.constantFrom(0, 5),
  crashRetries: fc.nat({ max: 2 }),
  onFailure: fc.constantFrom('continue', 'continue', 'continue', 'stop'),
});
const graphs = fc
  .array(fc.record({ needs: fc.array(fc.nat({ max: 40 }), { maxLength: 3 }), policy }), { minLength: 1, maxLength: 12, size: 'max' })
  .map((steps) =>
    steps.map(({ needs, policy: own }, index): Step => ({ node: `n${index}`, needs: index === 0 ? [] : needs.map((need) => `n${need % index}`), policy: own })),
  );
const weighted = <T extends string>(weights: Record<T, number>): fc.Arbitrary<T> =>
  fc.oneof(...Object.entries<number>(weights).map(([value, weight]) => ({ weight, arbitrary: fc.constant(value as T) })));
const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.record({
    what: weighted({ next: 60, restart: 1, kill: 3, cancel: 1 }),
    which: fc.nat({ max: 1_000 }),
    end: weighted({ succeeded: 5, failed: 1, crashed: 1, starved: 3 }),
    lost: fc.nat({ max: 7 }),
  }),
  { minLength: 1, maxLength: 150, size: 'max' },
);

test('however often the server ends in between, a run ends, ends stay, nothing begins that may not, and attempts are bounded', () => {
  fc.assert(
    fc.property(graphs, fc.integer({ min: 1, max: 3 }), happenings, (steps, slots, all) => {
      const world = new World(steps, slots);
      for (const each of all) world.happen(each);
      // From here on no more faults: every attempt that is under way succeeds.
      for (let turn = 0; world.next(0, 'succeeded', 0); turn++) expect(turn).toBeLessThan(1_000);
      expect(world.over).toBe(true);
      expect(world.finished).toBe(1);
      for (const { node, policy: own } of steps) {
        const { status, attempt, free } = world.rows.get(node)!;
        expect(isFinal(status)).toBe(true);
        expect(status).toBe(world.state.steps.get(node)!.phase);
        expect(attempt).toBeLessThanOrEqual(1 + own.retries + own.crashRetries + MORE_OVER_RESTARTS + free);
      }
      const ends = new Set([...world.rows.values()].map(({ status }) => status));
      expect(world.state.status).toBe((['cancelled', 'failed', 'crashed'] as const).find((each) => ends.has(each)) ?? 'succeeded');
    }),
    { numRuns: 1_500 },
  );
});
