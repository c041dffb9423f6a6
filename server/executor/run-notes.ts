import type { NewRunEvent } from '#pipelines/events.ts';
import type { StepReport } from './step-pool.ts';

export const LOG_LINES = 2_000;
export const LOG_CHARACTERS = 1_000_000;
export const LINE_CHARACTERS = 4_000;
export const METRIC_POINTS = 10_000;
/** Notes wait this long to be written together; so progress is at most ten lines a second for each step. */
export const FLUSH_MILLISECONDS = 100;

/** A step's use of the machine is written each second at first, then less and less often, so that a long night does not fill the history. */
const FIRST_USAGE_PAUSE = 1_000;
const USAGE_PAUSE_GROWTH = 1.5;
const LONGEST_USAGE_PAUSE = 30_000;

export interface Note {
  readonly at: number;
  readonly event: NewRunEvent;
}

interface Spent {
  lines: number;
  characters: number;
  points: number;
  full: boolean;
  /** When the step's use of the machine is written next, and how long after that again. */
  nextUsage: number;
  usagePause: number;
}

/** What steps say while they run, until it is written: capped for each attempt, progress reduced to the newest. */
export class RunNotes {
  #notes: Note[] = [];
  readonly #spent = new Map<string, Spent>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get empty(): boolean {
    return this.#notes.length === 0;
  }

  add(event: NewRunEvent): void {
    this.#notes.push({ at: this.#now(), event });
  }

  /** Takes what a step reports. */
  report(node: string, report: StepReport): void {
    const spent = this.#spentBy(report.id);
    if (report.type === 'progress') {
      const event: NewRunEvent = {
        type: 'progress',
        node,
        fraction: Math.min(1, Math.max(0, report.fraction)),
        message: report.message.slice(0, LINE_CHARACTERS),
      };
      const waiting = this.#notes.findIndex((note) => note.event.type === 'progress' && note.event.node === node);
      if (waiting >= 0) this.#notes.splice(waiting, 1);
      this.add(event);
    } else if (report.type === 'usage') {
      const now = this.#now();
      if (now < spent.nextUsage) return;
      spent.nextUsage = now + spent.usagePause;
      spent.usagePause = Math.min(LONGEST_USAGE_PAUSE, spent.usagePause * USAGE_PAUSE_GROWTH);
      this.add({ type: 'usage', node, residentBytes: report.residentBytes, cpuMilliseconds: report.cpuMilliseconds });
    } else if (report.type === 'metric') {
      if (++spent.points > METRIC_POINTS) return;
      this.add({ type: 'metric', node, name: report.name.slice(0, 200), value: report.value, iteration: report.iteration });
    } else {
      if (spent.full) return;
      const message = report.message.length > LINE_CHARACTERS ? `${report.message.slice(0, LINE_CHARACTERS)} … (cut)` : report.message;
      spent.lines++;
      spent.characters += message.length;
      this.add({ type: 'log', node, level: report.level, message });
      if (spent.lines < LOG_LINES && spent.characters < LOG_CHARACTERS) return;
      spent.full = true;
      this.add({ type: 'log', node, level: 'warning', message: 'This step wrote more than is kept; what follows is left out.' });
    }
  }

  /** Takes all notes; give them back with `restore` when they could not be written. */
  take(): Note[] {
    return this.#notes.splice(0);
  }

  restore(notes: Note[]): void {
    this.#notes = [...notes, ...this.#notes];
  }

  #spentBy(attempt: string): Spent {
    let spent = this.#spent.get(attempt);
    if (!spent) this.#spent.set(attempt, (spent = { lines: 0, characters: 0, points: 0, full: false, nextUsage: 0, usagePause: FIRST_USAGE_PAUSE }));
    return spent;
  }
}
