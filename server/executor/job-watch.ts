import type { ProcessSample } from './process-sample.ts';

/** Between two reports of what a job uses; the first comes sooner, so that short jobs are seen too. */
const USAGE_MILLISECONDS = 500;
const FIRST_USAGE_MILLISECONDS = 100;

/** Follows the process of one job from look to look. */
export class JobWatch {
  readonly #cpuBefore: number;
  #reportedAt: number;
  #movedAt: number;
  #last: ProcessSample | null;

  /** @param sample The process as the job starts. */
  constructor(sample: ProcessSample | null, now: number) {
    this.#cpuBefore = sample?.cpuMilliseconds ?? 0;
    this.#last = sample;
    this.#movedAt = now;
    this.#reportedAt = now - USAGE_MILLISECONDS + FIRST_USAGE_MILLISECONDS;
  }

  /** What the job has used so far, when it is time to tell. */
  usage(sample: ProcessSample, now: number): { cpuMilliseconds: number; residentBytes: number } | null {
    if (now - this.#reportedAt < USAGE_MILLISECONDS) return null;
    this.#reportedAt = now;
    return { cpuMilliseconds: sample.cpuMilliseconds - this.#cpuBefore, residentBytes: sample.residentBytes };
  }

  /**
   * For how many milliseconds the process has stood still: stopped, or waiting for a device without any computing between. Sleeping is not
   * standing still: a step may wait for a download.
   */
  stillFor(sample: ProcessSample, now: number): number {
    const still = 'TtD'.includes(sample.state) && 'TtD'.includes(this.#last?.state ?? '') && sample.cpuMilliseconds === this.#last?.cpuMilliseconds;
    this.#last = sample;
    if (!still) this.#movedAt = now;
    return now - this.#movedAt;
  }
}
