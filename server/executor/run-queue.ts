export interface QueuedRun {
  readonly id: string;
  readonly number: number;
  readonly pipelineId: string;
  readonly priority: number;
}

/**
 * Runs that wait to be taken up. The highest priority goes first; among equals the pipeline with the fewest runs under way, so that one that
 * starts thousands does not hold up the others; within a pipeline the oldest.
 */
export class RunQueue {
  readonly #lines = new Map<number, Map<string, QueuedRun[]>>();
  readonly #waiting = new Map<string, QueuedRun>();

  get size(): number {
    return this.#waiting.size;
  }

  add(run: QueuedRun): void {
    this.#waiting.set(run.id, run);
    const pipelines = this.#lines.get(run.priority) ?? new Map<string, QueuedRun[]>();
    this.#lines.set(run.priority, pipelines);
    const line = pipelines.get(run.pipelineId);
    if (line) line.push(run);
    else pipelines.set(run.pipelineId, [run]);
  }

  /** The run whose turn it is. `underWay` = how many runs of a pipeline are. */
  first(underWay: (pipelineId: string) => number): QueuedRun | undefined {
    let best: QueuedRun | undefined;
    for (const [pipelineId, [head]] of this.#lines.get(this.#highest()) ?? []) {
      const ahead = best ? underWay(pipelineId) - underWay(best.pipelineId) : -1;
      if (head && (ahead < 0 || (ahead === 0 && head.number < best!.number))) best = head;
    }
    return best;
  }

  remove(id: string): void {
    const run = this.#waiting.get(id);
    if (!run) return;
    this.#waiting.delete(id);
    const pipelines = this.#lines.get(run.priority)!;
    const line = pipelines.get(run.pipelineId)!;
    line.splice(line.indexOf(run), 1);
    if (line.length === 0) pipelines.delete(run.pipelineId);
    if (pipelines.size === 0) this.#lines.delete(run.priority);
  }

  /** The place of a run, from 1, as the queue stands now; null when it does not wait. */
  placeOf(id: string): number | null {
    const run = this.#waiting.get(id);
    if (!run) return null;
    let before = 0;
    for (const [priority, pipelines] of this.#lines) {
      if (priority > run.priority) for (const line of pipelines.values()) before += line.length;
    }
    const pipelines = this.#lines.get(run.priority)!;
    const own = pipelines.get(run.pipelineId)!.indexOf(run);
    for (const [pipelineId, line] of pipelines)
      before += pipelineId === run.pipelineId ? own : Math.min(line.length, own + (line[0]!.number < run.number ? 1 : 0));
    return before + 1;
  }

  #highest(): number {
    let highest = -Infinity;
    for (const priority of this.#lines.keys()) highest = Math.max(highest, priority);
    return highest;
  }
}
