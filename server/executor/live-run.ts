import { readFileSync } from 'node:fs';
import type { Effect } from '#nodes/kit/context.ts';
import { isFinal, type NewRunEvent, type Status, type StepError } from '#pipelines/events.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { ArtifactDamaged } from '#server/store/store.ts';
import { attempt } from './attempt.ts';
import { RunDraft, type CoreCommand, type CoreEvent, type CoreState, type FinalStatus } from './core.ts';
import { headlineOf } from './headline.ts';
import type { LiveStep } from './live-step.ts';
import type { ArtifactFile } from './messages.ts';
import { fileOf, LostLease, summariesOf, type ArtifactRecord } from './run-records.ts';
import { countSteps } from './run-counts.ts';
import { FLUSH_MILLISECONDS, RunNotes } from './run-notes.ts';
import type { EffectContext, PreparedEffect } from './run-types.ts';
import type { LiveRunFacts, RunWorld } from './run-world.ts';
import { keyOf } from './step-key.ts';
import { findReuse, whyItRuns } from './reuse.ts';

/** What one turn changes: all of it is written in one transaction, and only then acted upon. */
interface Turn {
  readonly writes: (() => void)[];
  readonly events: NewRunEvent[];
  readonly after: (() => void)[];
  claimed: number;
}

export interface LiveRunStart {
  readonly facts: LiveRunFacts;
  readonly document: PipelineDocument;
  readonly steps: ReadonlyMap<string, LiveStep>;
  readonly state: CoreState;
  readonly status: 'queued' | 'running' | 'cancelling';
  readonly startedAt: number | null;
  readonly headline: string | null;
}

const LONGEST_TIMER = 2 ** 31 - 1;
const RETRY_MILLISECONDS = 500;

/** A run under way: turns what happens into changes of state by the core, writes them, and does what the core asks for. */
export class LiveRun {
  readonly facts: LiveRunFacts;
  readonly number: number;
  readonly #world: RunWorld;
  readonly #document: PipelineDocument;
  readonly #steps: ReadonlyMap<string, LiveStep>;
  readonly #notes: RunNotes;
  readonly #ended = Promise.withResolvers<void>();
  #state: CoreState;
  #status: Status;
  #startedAt: number | null;
  #headline: string | null;
  #error: StepError | null = null;
  #seq: number;
  #queue: CoreEvent[] = [];
  #turning = false;
  #over = false;
  #claimed = false;
  #flush: NodeJS.Timeout | null = null;
  #deadline: NodeJS.Timeout | null = null;
  #timedOut = false;

  constructor(world: RunWorld, start: LiveRunStart) {
    this.#world = world;
    this.facts = start.facts;
    this.number = start.facts.number;
    this.#document = start.document;
    this.#steps = start.steps;
    this.#state = start.state;
    this.#status = start.status;
    this.#startedAt = start.startedAt;
    this.#headline = start.headline;
    this.#notes = new RunNotes(world.now);
    this.#seq = world.events.lastSeq(start.facts.id);
  }

  /** Settles when the run has ended, or this server has let go of it. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Has steps that could begin if there were a slot. */
  get waiting(): boolean {
    return !this.#over && this.#state.ready.length > 0;
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
    try {
      records.transaction(() => {
        for (const { node, phase, attempt } of this.#state.steps.values()) {
          if (phase !== 'running') continue;
          records.requeueStep({ run, node, leaseNo: this.#steps.get(node)!.leaseNo });
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

  #turn(): void {
    if (this.#turning || this.#over) return;
    if (this.#queue.length === 0 && this.#state.ready.length === 0) return;
    this.#turning = true;
    const turn: Turn = { writes: [], events: [], after: [], claimed: 0 };
    const notes = this.#notes.take();
    const queue = this.#queue.splice(0);
    const before = { status: this.#status, startedAt: this.#startedAt, headline: this.#headline, error: this.#error };
    let done = false;
    try {
      const state = this.#advance(queue, turn);
      done = this.#commit(turn, notes, state);
    } catch (error) {
      [this.#status, this.#startedAt, this.#headline, this.#error] = [before.status, before.startedAt, before.headline, before.error];
      for (let each = 0; each < turn.claimed; each++) this.#world.slots.release(this);
      this.#notes.restore(notes);
      this.#queue.unshift(...queue);
      this.#world.onError(error, this.facts.id);
      if (error instanceof LostLease) this.#letGo();
      // A full disk passes: nothing has changed, and the same events are tried again.
      else setTimeout(() => this.#turn(), RETRY_MILLISECONDS).unref();
    } finally {
      this.#turning = false;
    }
    if (!done) return;
    for (const action of turn.after) action();
    if (this.#queue.length > 0) this.#turn();
    this.#world.offer();
  }

  #advance(events: readonly CoreEvent[], turn: Turn): CoreState {
    const draft = new RunDraft(this.#state);
    if (this.#status === 'queued') this.#startedAt ??= this.#world.now();
    const pending = [...events];
    for (;;) {
      for (let event = pending.shift(); event; event = pending.shift()) {
        draft.apply(event);
        for (const command of draft.takeCommands()) {
          const answer = this.#carryOut(command, turn);
          if (answer) pending.push(answer);
        }
      }
      if (draft.readyCount === 0 || !this.#world.slots.claim(this)) return draft.result();
      turn.claimed++;
      pending.push({ type: 'slots', free: 1 });
    }
  }

  #commit(turn: Turn, notes: ReturnType<RunNotes['take']>, state: CoreState): boolean {
    const { records, events } = this.#world;
    const { id, workspaceId } = this.facts;
    const status = state.status;
    const changed = status !== this.#status;
    const at = this.#world.now();
    let seq = this.#seq;
    if (turn.writes.length > 0 || changed || notes.length > 0) {
      records.transaction(() => {
        if (!this.#claimed) records.claimRun(id, this.#world.owner);
        for (const note of notes) events.write(workspaceId, id, ++seq, note.at, note.event);
        if (changed && !isFinal(status)) events.write(workspaceId, id, ++seq, at, { type: 'run', status, error: null });
        for (const write of turn.writes) write();
        for (const event of turn.events) events.write(workspaceId, id, ++seq, at, event);
        if (changed && isFinal(status)) events.write(workspaceId, id, ++seq, at, { type: 'run', status, error: this.#error });
        records.runStatus({
          id,
          owner: this.#world.owner,
          status,
          startedAt: this.#startedAt,
          finishedAt: isFinal(status) ? at : null,
          counts: countSteps([...state.steps.values()].map((step) => step.phase)),
          headline: this.#headline,
          error: isFinal(status) ? this.#error : null,
        });
      });
      this.#claimed = true;
      this.#seq = seq;
      turn.after.push(() => events.wake(id));
    }
    this.#state = state;
    this.#status = status;
    if (isFinal(status)) turn.after.push(() => this.#letGo());
    return true;
  }

  #carryOut(command: CoreCommand, turn: Turn): CoreEvent | undefined {
    if (command.do === 'finish') {
      const headline = this.#headline;
      if (headline !== null) turn.writes.push(() => this.#world.records.nameModels(this.facts.id, headline));
      if (this.#timedOut) this.#error = { code: 'time_exhausted', message: 'The run took longer than a run may.' };
      return undefined;
    }
    const step = this.#steps.get(command.node)!;
    if (command.do === 'prepare') return this.#prepare(step);
    if (command.do === 'run') turn.after.push(() => void this.#execute(step, command.attempt));
    else if (command.do === 'stop') turn.after.push(() => step.controller?.abort());
    else this.#record(step, command.status, command.because, turn);
    return undefined;
  }

  #prepare(step: LiveStep): CoreEvent | undefined {
    const { node } = step.planned;
    const key = keyOf(step.planned, this.#world.catalog, this.facts.assets, (from, port) => this.#outputOf(from, port));
    if ('missing' in key) {
      const before = this.#steps.get(key.missing.node)?.name ?? key.missing.node;
      step.error = { code: 'data_missing', message: `"${before}" gave nothing that this step could take. Run it again.` };
      return { type: 'refused', node };
    }
    step.key = key;
    const found = findReuse(this.#world, this.facts, step, key);
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
        this.#notes.add({ type: 'log', node, level: 'warning', message: 'The earlier result was damaged or gone, so the step runs again.' });
        step.reason = whyItRuns(this.#world, this.facts, step, key, 'the earlier result was damaged');
        this.#post({ type: 'needed', node });
      },
    );
    void verified.finally(() => holds.forEach((release) => release()));
    return undefined;
  }

  #outputOf(node: string, port: string): ArtifactRecord | undefined {
    const step = this.#steps.get(node);
    if (step) return step.outputs?.get(port);
    const hash = this.facts.inputs[node]?.[port];
    return hash === undefined ? undefined : this.#world.records.artifact(this.facts.workspaceId, hash);
  }

  #record(step: LiveStep, status: Status, because: string | undefined, turn: Turn): void {
    const { records, now, owner, stepMilliseconds } = this.#world;
    const { id: run, workspaceId } = this.facts;
    const { node } = step.planned;
    const at = now();
    if (status === 'running') {
      const { key, canonical } = step.key!;
      const attempts = this.#state.steps.get(node)!.attempt + 1;
      const deadline = at + stepMilliseconds;
      step.outputs = null;
      turn.writes.push(() => (step.leaseNo = records.beginStep({ run, node, owner, attempt: attempts, at, deadline, reason: step.reason, key, canonical })));
      this.#tell(step, status, attempts, turn);
      return;
    }
    const attempts = this.#state.steps.get(node)!.attempt;
    if (status === 'queued') turn.writes.push(() => records.requeueStep({ run, node, leaseNo: step.leaseNo }));
    else if (status === 'cancelling') turn.writes.push(() => records.stopStep({ run, node, leaseNo: step.leaseNo, deadline: at + 60_000 }));
    else this.#recordEnd(step, status as FinalStatus, because, at, turn, workspaceId);
    this.#tell(step, status, attempts, turn);
  }

  #recordEnd(step: LiveStep, status: FinalStatus, because: string | undefined, at: number, turn: Turn, workspaceId: string): void {
    const { records } = this.#world;
    const { id: run, number: runNumber } = this.facts;
    const { node } = step.planned;
    const { end, reuse, key } = step;
    if (because !== undefined) step.reason = `"${this.#steps.get(because)!.name}" did not succeed`;
    const error = status === 'failed' || status === 'crashed' ? step.error : null;
    if (error) this.#error ??= error;
    const published = status === 'succeeded' && end?.type === 'succeeded' ? end : null;
    step.outputs = published?.outputs ?? (status === 'reused' ? reuse!.outputs : null);
    if (published) this.#headline = published.headline ?? this.#headline;
    if (status === 'reused') step.reason = null;
    const milliseconds = status === 'reused' ? (reuse?.milliseconds ?? null) : step.milliseconds;
    turn.writes.push(() => {
      const change = { run, node, leaseNo: step.leaseNo, status, at, milliseconds, peakBytes: published?.peakBytes ?? null, error, reason: step.reason };
      const stepId = records.endStep({ ...change, reusedFrom: status === 'reused' ? reuse!.runNumber : null, key: status === 'reused' ? key!.key : null });
      if (status === 'reused') records.publish(workspaceId, stepId, 0, reuse!.outputs, at);
      if (!published) return;
      records.publish(workspaceId, stepId, step.leaseNo, published.outputs, at);
      if (step.definition?.deterministic !== false) records.remember(workspaceId, key!.key, { stepId, runNumber, milliseconds: milliseconds ?? 0 }, at);
      for (const effect of published.effects) effect.commit();
    });
    if (published) {
      turn.after.push(() => {
        published.release();
        for (const effect of published.effects) effect.afterCommit?.();
      });
    }
  }

  #tell(step: LiveStep, status: Status, attempts: number, turn: Turn): void {
    const over = isFinal(status);
    turn.events.push({
      type: 'step',
      node: step.planned.node,
      status,
      attempt: attempts,
      milliseconds: status === 'reused' ? (step.reuse?.milliseconds ?? null) : over && status !== 'skipped' ? step.milliseconds : null,
      reason: status === 'running' || status === 'skipped' || status === 'succeeded' ? step.reason : null,
      error: status === 'failed' || status === 'crashed' || status === 'queued' ? step.error : null,
      outputs: over && step.outputs ? summariesOf(step.outputs) : [],
      reusedFrom: status === 'reused' ? step.reuse!.runNumber : null,
    });
  }

  async #execute(step: LiveStep, number: number): Promise<void> {
    const { node } = step.planned;
    const { world, controller, limit } = this.#open(step);
    const end = await attempt({
      world,
      run: this.facts,
      step: step.planned,
      key: step.key!,
      attemptId: `${step.id}.${step.leaseNo}`,
      signal: controller.signal,
      report: (report) => {
        this.#notes.report(node, report);
        this.#flush ??= setTimeout(() => this.#flushNotes(), FLUSH_MILLISECONDS);
      },
      prepareEffect: (effect, input) => this.#prepareEffect(effect, step, input),
      onFree: () => {
        world.slots.release(this);
        world.offer();
      },
    });
    clearTimeout(limit);
    step.controller = null;
    step.milliseconds = Math.round((performance.now() - step.startedTicks) * 100) / 100;
    step.end = end;
    const timedOut = end.type === 'stopped' && step.timedOut;
    step.error = timedOut
      ? { code: 'time_exhausted', message: `The step took longer than the ${Math.round(world.stepMilliseconds / 1000)} seconds that a step may take.` }
      : 'error' in end
        ? end.error
        : null;
    if (this.#over) return end.type === 'succeeded' ? end.release() : undefined;
    if (timedOut) this.#post({ type: 'failed', node, attempt: number });
    else if (end.type === 'crashed') this.#post({ type: 'crashed', node, attempt: number, again: true });
    else this.#post({ type: end.type, node, attempt: number });
  }

  #open(step: LiveStep): { world: RunWorld; controller: AbortController; limit: NodeJS.Timeout } {
    const controller = new AbortController();
    Object.assign(step, {
      controller,
      startedAt: this.#world.now(),
      startedTicks: performance.now(),
      end: null,
      error: null,
      timedOut: false,
      milliseconds: null,
    });
    const limit = setTimeout(
      () => {
        step.timedOut = true;
        controller.abort();
      },
      Math.min(LONGEST_TIMER, this.#world.stepMilliseconds),
    );
    limit.unref();
    return { world: this.#world, controller, limit };
  }

  #prepareEffect(effect: Effect, step: LiveStep, input: ArtifactFile): Promise<PreparedEffect> | PreparedEffect {
    const { store, effects } = this.#world;
    const { workspaceId, pipelineId, id, number } = this.facts;
    const context: EffectContext = {
      workspaceId,
      pipelineId,
      runId: id,
      runNumber: number,
      node: step.planned.node,
      document: this.#document,
      input,
      headline: this.#headline,
      artifact: (node, port) => {
        const record = this.#outputOf(node, port);
        return record && fileOf(record, store.pathOf(record.hash));
      },
    };
    return effect.type === 'deploy' ? effects.deploy(effect, context) : effects.registerModel(effect, context);
  }

  #flushNotes(): void {
    if (this.#flush) clearTimeout(this.#flush);
    this.#flush = null;
    if (this.#over || this.#notes.empty) return;
    const { records, events } = this.#world;
    const notes = this.#notes.take();
    let seq = this.#seq;
    try {
      records.transaction(() => {
        for (const { at, event } of notes) events.write(this.facts.workspaceId, this.facts.id, ++seq, at, event);
      });
      this.#seq = seq;
      events.wake(this.facts.id);
    } catch (error) {
      this.#world.onError(error, this.facts.id);
    }
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
    for (const step of this.#steps.values()) step.controller?.abort();
    this.#ended.resolve();
  }
}
