import { readFileSync } from 'node:fs';
import { isFinal, type Status, type StepError } from '#pipelines/events.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { ArtifactDamaged } from '#server/store/store.ts';
import type { Compute, Waiter } from '#server/compute/computes.ts';
import { RunDraft, type CoreCommand, type CoreEvent, type CoreState } from './core.ts';
import { headlineOf } from './headline.ts';
import type { LiveStep } from './live-step.ts';
import { LostLease, type ArtifactRecord } from './run-records.ts';
import { countSteps } from './run-counts.ts';
import { FLUSH_MILLISECONDS, RunNotes } from './run-notes.ts';
import type { LiveRunFacts, RunWorld } from './run-world.ts';
import { keyOf } from './step-key.ts';
import { lazyPorts } from './lazy-ports.ts';
import { findReuse, makersOf, whyItRuns } from './reuse.ts';
import { newTurn, StepChanges, type Turn } from './step-changes.ts';
import { executeStep, LONGEST_TIMER, type ExecutionHost } from './step-execution.ts';

export interface LiveRunStart {
  readonly facts: LiveRunFacts;
  readonly document: PipelineDocument;
  readonly steps: ReadonlyMap<string, LiveStep>;
  readonly state: CoreState;
  readonly status: 'queued' | 'running' | 'cancelling';
  readonly startedAt: number | null;
  readonly headline: string | null;
}

/** Something that happened, or a step for which an earlier result is to be looked for. */
type Work = CoreEvent | { readonly type: 'prepare'; readonly node: string };

const RETRY_MILLISECONDS = 500;
/** So long may one turn of a run keep the event loop. */
const TURN_MILLISECONDS = 2;
/** Of the steps that begin to wait at the same time so many are told of; the rest are seen by asking. */
const WAITS_TOLD = 20;

/** A run under way: turns what happens into changes of state by the core, writes them, and does what the core asks for. */
export class LiveRun implements Waiter {
  readonly facts: LiveRunFacts;
  readonly #world: RunWorld;
  readonly #steps: ReadonlyMap<string, LiveStep>;
  readonly #notes: RunNotes;
  readonly #changes: StepChanges;
  readonly #host: ExecutionHost;
  readonly #computes: ReadonlySet<Compute>;
  readonly #ended = Promise.withResolvers<void>();
  #state: CoreState;
  #status: Status;
  #startedAt: number | null;
  #headline: string | null;
  #error: StepError | null = null;
  #seq: number;
  #queue: Work[] = [];
  /** Steps that became ready since it was last told which of them wait. */
  readonly #newlyReady = new Set<LiveStep>();
  #turning = false;
  #over = false;
  #claimed = false;
  #flush: NodeJS.Timeout | null = null;
  #deadline: NodeJS.Timeout | null = null;
  #timedOut = false;

  constructor(world: RunWorld, start: LiveRunStart) {
    this.#world = world;
    this.facts = start.facts;
    this.#steps = start.steps;
    this.#state = start.state;
    this.#status = start.status;
    this.#startedAt = start.startedAt;
    this.#headline = start.headline;
    this.#notes = new RunNotes(world.now);
    this.#changes = new StepChanges(world, start.facts, start.steps);
    this.#computes = new Set([...start.steps.values()].flatMap(({ compute }) => compute ?? []));
    this.#seq = world.events.lastSeq(start.facts.id);
    this.#host = {
      world,
      run: start.facts,
      document: start.document,
      headline: () => this.#headline,
      outputOf: (node, port) => this.#outputOf(node, port),
      lazyPortsOf: (step) => lazyPorts(start.steps, step),
      limitOf: (step) => this.#changes.limitOf(step),
      freeSlots: (step) => this.#freeSlots(step),
      report: (step, report) => {
        if (report.type === 'usage') step.usage = report;
        this.#notes.report(step.planned.node, report);
        this.#flush ??= setTimeout(() => this.#flushNotes(), FLUSH_MILLISECONDS);
      },
    };
  }

  /** Settles when the run has ended, or this server has let go of it. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  get number(): number {
    return this.facts.number;
  }

  get name(): string {
    return this.facts.name;
  }

  get pipelineId(): string {
    return this.facts.pipelineId;
  }

  get priority(): number {
    return this.facts.priority;
  }

  /** Computes of the steps that it carries out, whether they have ended or not. */
  get computes(): ReadonlySet<Compute> {
    return this.#computes;
  }

  /** Steps that could begin if there were a slot, first come first. */
  get waiting(): LiveStep[] {
    return this.#over ? [] : this.#state.ready.map((node) => this.#steps.get(node)!);
  }

  /** Steps that hold slots. */
  get working(): LiveStep[] {
    return [...this.#steps.values()].filter(({ controller }) => controller !== null);
  }

  begin(): void {
    this.#armDeadline();
    this.#post({ type: 'begin' });
  }

  cancel(): void {
    this.#post({ type: 'cancel' });
  }

  /** A slot may be free. */
  offer(): void {
    this.#turn();
  }

  /** Lets go of the run without ending it, so that another server, or this one later, takes it up; what runs is stopped and will be begun again. */
  handBack(): void {
    if (this.#over) return;
    const { records, events, now } = this.#world;
    const { id: run, workspaceId } = this.facts;
    this.#flushNotes();
    this.#world.commits.flush();
    if (this.#over) return;
    try {
      records.transaction(() => {
        for (const { node, phase, attempt, failures, crashes } of this.#state.steps.values()) {
          if (phase !== 'running') continue;
          records.requeueStep({ run, node, leaseNo: this.#steps.get(node)!.leaseNo, failures, crashes });
          const blank = { milliseconds: null, error: null, outputs: [], reusedFrom: null };
          events.write(workspaceId, run, ++this.#seq, now(), { type: 'step', node, status: 'queued', attempt, reason: 'the server was stopped', ...blank });
        }
      });
    } catch (error) {
      this.#world.onError(error, this.facts.id);
    }
    this.#letGo();
  }

  #post(event: CoreEvent): void {
    this.#queue.push(event);
    this.#turn();
  }

  /** Takes what has happened, and writes what follows from it; what is to be done about it is done once that is on disk. */
  #turn(): void {
    if (this.#turning || this.#over) return;
    if (this.#queue.length === 0 && this.#state.ready.length === 0 && this.#notes.empty) return;
    this.#turning = true;
    const turn = newTurn();
    const notes = this.#notes.take();
    const queue = this.#queue.splice(0);
    const before = { status: this.#status, startedAt: this.#startedAt, headline: this.#headline, error: this.#error };
    const undo = (error: unknown): void => {
      [this.#status, this.#startedAt, this.#headline, this.#error] = [before.status, before.startedAt, before.headline, before.error];
      for (const step of turn.claimed) this.#freeSlots(step);
      this.#notes.restore(notes);
      this.#queue.unshift(...queue);
      this.#turning = false;
      this.#world.onError(error, this.facts.id);
      if (error instanceof LostLease) this.#letGo();
      // A full disk passes: nothing has changed, and the same events are tried again.
      else setTimeout(() => this.#turn(), RETRY_MILLISECONDS).unref();
    };
    try {
      const { state, left, outOfTime } = this.#advance(queue, turn);
      const written = (): void => {
        this.#state = state;
        this.#status = state.status;
        this.#queue.unshift(...left);
        this.#turning = false;
        this.#want();
        if (isFinal(state.status)) turn.after.push(() => this.#letGo());
        for (const action of turn.after) action();
        if (outOfTime) setImmediate(() => this.#turn());
        else if (this.#queue.length > 0) this.#turn();
        this.#world.offer();
      };
      if (turn.writes.length + turn.events.length + notes.length === 0 && state.status === this.#status) written();
      else this.#write(turn, notes, state, (error) => (error === null ? written() : undo(error)));
    } catch (error) {
      undo(error);
    }
  }

  /** What the work makes of the run; what there was no time for is left. */
  #advance(work: readonly Work[], turn: Turn): { state: CoreState; left: readonly Work[]; outOfTime: boolean } {
    const draft = new RunDraft(this.#state);
    if (this.#status === 'queued') this.#startedAt ??= this.#world.now();
    const until = performance.now() + TURN_MILLISECONDS;
    const pending = [...work];
    const apply = (event: CoreEvent): void => {
      draft.apply(event);
      for (const command of draft.takeCommands()) {
        if (command.do === 'prepare') pending.push({ type: 'prepare', node: command.node });
        else this.#carryOut(command, turn);
      }
    };
    let next = 0;
    let outOfTime = false;
    while (!outOfTime) {
      outOfTime = performance.now() >= until;
      const first = pending[next];
      if (first) {
        next++;
        const event = first.type === 'prepare' ? this.#prepare(this.#steps.get(first.node)!) : first;
        if (event) apply(event);
        continue;
      }
      const granted = this.#grant(draft, turn);
      if (!granted) break;
      apply({ type: 'granted', node: granted.planned.node });
    }
    const state = draft.result();
    if (!outOfTime) this.#tellWaits(state, turn);
    return { state, left: pending.slice(next), outOfTime };
  }

  /** Tells of steps that did not get a slot at once. */
  #tellWaits({ steps }: CoreState, turn: Turn): void {
    const waits = [...this.#newlyReady].filter(({ planned: { node } }) => steps.get(node)!.phase === 'ready');
    this.#newlyReady.clear();
    for (const step of waits.slice(0, WAITS_TOLD)) this.#changes.waits(step, steps.get(step.planned.node)!.attempt, turn);
  }

  /** Takes slots for the first step in line of a compute that has them. */
  #grant(draft: RunDraft, turn: Turn): LiveStep | undefined {
    for (const step of this.#firstInLine(draft.ready)) {
      step.taken = step.compute!.slots.claim(this, step.policy.slots);
      if (step.taken === 0) continue;
      turn.claimed.push(step);
      return step;
    }
    return undefined;
  }

  /** The step of each compute that comes first. */
  #firstInLine(ready: readonly string[]): LiveStep[] {
    const first = new Map<Compute, LiveStep>();
    for (const node of ready) {
      const step = this.#steps.get(node)!;
      if (!first.has(step.compute!)) first.set(step.compute!, step);
      if (first.size === this.#computes.size) break;
    }
    return [...first.values()];
  }

  /** Tells each compute what the run wants of it next. */
  #want(): void {
    const first = new Map(this.#firstInLine(this.#state.ready).map((step) => [step.compute!, step]));
    for (const compute of this.#computes) compute.slots.want(this, first.get(compute)?.policy.slots ?? 0);
  }

  #freeSlots(step: LiveStep): void {
    step.compute!.slots.release(this, step.taken);
    step.taken = 0;
  }

  #write(turn: Turn, notes: ReturnType<RunNotes['take']>, { status, steps }: CoreState, settled: (error: unknown) => void): void {
    const { records, events, commits, owner } = this.#world;
    const { id, workspaceId } = this.facts;
    const changed = status !== this.#status;
    const at = this.#world.now();
    let seq = this.#seq;
    const work = (): void => {
      if (!this.#claimed) records.claimRun(id, owner);
      for (const note of notes) events.write(workspaceId, id, ++seq, note.at, note.event);
      if (changed && !isFinal(status)) events.write(workspaceId, id, ++seq, at, { type: 'run', status, error: null });
      for (const write of turn.writes) write();
      for (const event of turn.events) events.write(workspaceId, id, ++seq, at, event);
      if (changed && isFinal(status)) events.write(workspaceId, id, ++seq, at, { type: 'run', status, error: this.#error });
      if (turn.writes.length === 0 && !changed) return;
      records.runStatus({
        id,
        owner,
        status,
        startedAt: this.#startedAt,
        finishedAt: isFinal(status) ? at : null,
        counts: countSteps([...steps.values()].map((step) => step.phase)),
        headline: this.#headline,
        error: isFinal(status) ? this.#error : null,
      });
    };
    commits.add(work, (error) => {
      if (error === null) {
        this.#claimed = true;
        this.#seq = seq;
        turn.after.push(() => events.wake(id));
      }
      settled(error);
    });
  }

  #carryOut(command: Exclude<CoreCommand, { do: 'prepare' }>, turn: Turn): void {
    if (command.do === 'finish') {
      const headline = this.#headline;
      if (headline !== null) turn.writes.push(() => this.#world.records.nameModels(this.facts.id, headline));
      if (this.#timedOut) this.#error = { code: 'time_exhausted', message: 'The run took longer than a run may.' };
      return;
    }
    const step = this.#steps.get(command.node)!;
    switch (command.do) {
      case 'run':
        turn.after.push(() => void this.#execute(step, command.attempt));
        break;
      case 'stop':
        turn.after.push(() => step.controller?.abort());
        break;
      case 'wait':
        step.readyAt = this.#world.now();
        this.#newlyReady.add(step);
        break;
      case 'rest':
        turn.after.push(() => {
          step.rest = setTimeout(() => this.#post({ type: 'rested', node: command.node }), command.milliseconds).unref();
        });
        break;
      case 'record':
        this.#record(step, command, turn);
    }
  }

  #record(step: LiveStep, command: Extract<CoreCommand, { do: 'record' }>, turn: Turn): void {
    const begun = this.#state.steps.get(command.node)!.attempt;
    this.#changes.record(step, command, command.status === 'running' ? begun + 1 : begun, turn);
    if (command.status === 'failed' || command.status === 'crashed') this.#error ??= step.error;
    if (command.status === 'succeeded' && step.end?.type === 'succeeded') this.#headline = step.end.headline ?? this.#headline;
  }

  #prepare(step: LiveStep): CoreEvent | undefined {
    const { node } = step.planned;
    const key = keyOf(step.planned, this.#world.catalog, this.facts.assets, (from, port) => this.#outputOf(from, port));
    if ('missing' in key) {
      const before = this.#steps.get(key.missing.node)?.name ?? key.missing.node;
      step.error = { code: 'data_missing', message: `"${before}" gave nothing that this step could take. Run it again.` };
      return { type: 'refused', node };
    }
    if (!step.compute) {
      step.error = { code: 'compute_unknown', message: `There is no compute "${step.policy.compute}" any more. Choose another one.` };
      return { type: 'refused', node };
    }
    step.key = key;
    const found = findReuse(this.#world, this.facts, step, key);
    if (!found && step.planned.pin) return this.#refusePinned(step);
    if (!found) {
      step.reason = whyItRuns(this.#world, this.facts, step, key, null);
      return { type: 'needed', node };
    }
    const reuse = (): CoreEvent => {
      step.reuse = found;
      for (const { meta, hash } of found.outputs.values()) {
        if (meta.kind === 'report' && meta.report === 'evaluation')
          this.#headline = headlineOf(JSON.parse(readFileSync(this.#world.store.pathOf(hash), 'utf8'))) ?? this.#headline;
      }
      return { type: 'reused', node };
    };
    const unseen = [...found.outputs.values()].filter(({ hash }) => !this.#world.store.isSound(hash));
    if (unseen.length === 0) return reuse();
    const holds = unseen.map(({ hash }) => this.#world.store.hold(hash));
    const verified = Promise.all(unseen.map(({ hash }) => this.#world.store.open(hash))).then(
      () => this.#post(reuse()),
      (error: unknown) => {
        if (!(error instanceof ArtifactDamaged)) this.#world.onError(error, this.facts.id);
        if (step.planned.pin) return this.#post(this.#refusePinned(step));
        this.#notes.add({ type: 'log', node, level: 'warning', message: 'The earlier result was damaged or gone, so the step runs again.' });
        step.reason = whyItRuns(this.#world, this.facts, step, key, 'the earlier result was damaged');
        this.#post({ type: 'needed', node });
      },
    );
    void verified.finally(() => holds.forEach((release) => release()));
    return undefined;
  }

  /** What a step is pinned to is damaged or gone, and it has no inputs to run with. */
  #refusePinned(step: LiveStep): CoreEvent {
    step.error = {
      code: 'pin_missing',
      message: `The pinned result of run ${step.planned.pin!.run} is damaged or gone. Unpin the node, so that it runs again.`,
    };
    return { type: 'refused', node: step.planned.node };
  }

  #outputOf(node: string, port: string): ArtifactRecord | undefined {
    const step = this.#steps.get(node);
    if (step) return step.outputs?.get(port);
    const hash = this.facts.inputs[node]?.[port];
    return hash === undefined ? undefined : this.#world.records.artifact(this.facts.workspaceId, hash);
  }

  async #execute(step: LiveStep, number: number): Promise<void> {
    const { node } = step.planned;
    const end = await executeStep(this.#host, step);
    const timedOut = end.type === 'stopped' && step.timedOut;
    if (this.#over) return end.type === 'succeeded' ? end.release() : undefined;
    const lost = end.type === 'starved' ? makersOf(this.#steps, step, end.hash) : [];
    if (lost.length > 0) this.#post({ type: 'starved', node, attempt: number, lost });
    else if (end.type === 'starved') this.#post({ type: 'failed', node, attempt: number, again: false });
    else if (timedOut || end.type === 'failed') this.#post({ type: 'failed', node, attempt: number, again: step.error?.code !== 'memory_exhausted' });
    else if (end.type === 'crashed') this.#post({ type: 'crashed', node, attempt: number, again: true });
    else this.#post({ type: end.type, node, attempt: number });
  }

  #flushNotes(): void {
    if (this.#flush) clearTimeout(this.#flush);
    this.#flush = null;
    this.#turn();
  }

  #armDeadline(): void {
    const left = this.facts.deadline - this.#world.now();
    this.#deadline = setTimeout(
      () => {
        if (this.facts.deadline > this.#world.now()) return this.#armDeadline();
        this.#timedOut = true;
        this.cancel();
      },
      Math.max(0, Math.min(LONGEST_TIMER, left)),
    );
    this.#deadline.unref();
  }

  #letGo(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#flush) clearTimeout(this.#flush);
    if (this.#deadline) clearTimeout(this.#deadline);
    for (const step of this.#steps.values()) {
      step.controller?.abort();
      if (step.rest) clearTimeout(step.rest);
    }
    for (const compute of this.#computes) compute.slots.want(this, 0);
    this.#ended.resolve();
  }
}
