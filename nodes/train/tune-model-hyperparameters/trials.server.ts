import type { LabelledData, RunContext } from '../../kit/context.ts';
import { NodeError } from '../../kit/issues.ts';
import type { Learner, Model } from '../../kit/kinds.ts';
import type { SweepTrial } from '../../kit/sweep.ts';
import { randomNumbers, shuffled } from '../../kernels/random.ts';
import { FIGURES, type Figure, type SupervisedTask } from '../figures.ts';
import type { FitPool } from '../fit-pool.server.ts';
import { failureWithout } from '../folds.server.ts';
import { judge } from '../judge.server.ts';
import type { Settings } from './search-space.ts';

/** Rows to learn from and to be judged on, by their places; without places all of them, and a table of its own. */
export interface Part {
  readonly rows?: Uint32Array;
  readonly scored?: Uint32Array;
  /** The rows to be judged on. */
  readonly held: LabelledData;
}

export interface TrialOptions {
  readonly learner: Learner;
  readonly metric: string;
  readonly parts: readonly Part[];
  /** Rows to learn from in all parts together, before they are parted. */
  readonly rowCount: number;
  readonly seed: number;
  /** Judgements expected, each of all rows counting one; for the progress. */
  readonly work: number;
  /** The best model is kept: the parts are one, which learns from all rows. */
  readonly keeps: boolean;
}

type Outcome = Pick<SweepTrial, 'value' | 'deviation' | 'metrics' | 'failure'> & { readonly model?: Model };

/** Judges settings, several at a time, and keeps what came of each. */
export class Trials {
  readonly #pool: FitPool;
  readonly #context: RunContext;
  readonly #options: TrialOptions;
  readonly #figure: Figure;
  readonly #ranks: Uint32Array;
  readonly #trials: SweepTrial[] = [];
  readonly #places = new Map<Settings, number>();
  #done = 0;
  #ended = 0;
  #best: { readonly trial: SweepTrial; readonly model?: Model } | null = null;

  constructor(pool: FitPool, options: TrialOptions, context: RunContext) {
    this.#pool = pool;
    this.#options = options;
    this.#context = context;
    this.#figure = FIGURES[options.learner.task as SupervisedTask][options.metric]!;
    this.#ranks = shuffled(options.rowCount, randomNumbers(options.seed + 1));
  }

  get all(): readonly SweepTrial[] {
    return this.#trials;
  }
  /** The best of those that learned from all rows; of equals the first. */
  get best(): { readonly trial: SweepTrial; readonly model?: Model } | null {
    return this.#best;
  }

  /**
   * Judges each of the settings, learning from a share of the rows, and gives their losses: lower is better, Infinity where training failed.
   * Settings that were judged before keep their trial.
   */
  async losses(settings: readonly Settings[], share = 1): Promise<number[]> {
    const places = settings.map((each) => {
      const place = this.#places.get(each) ?? this.#places.size;
      this.#places.set(each, place);
      return place;
    });
    const settled = await Promise.allSettled(settings.map((each, index) => this.#judge(each, places[index]!, share)));
    this.#context.signal.throwIfAborted();
    return settled.map((each) => {
      if (each.status === 'rejected') throw each.reason;
      if (each.value === null) return Infinity;
      return this.#figure.higherIsBetter ? -each.value : each.value;
    });
  }

  async #judge(settings: Settings, place: number, share: number): Promise<number | null> {
    const { model, ...outcome } = await this.#outcome(settings, share);
    const trial: SweepTrial = { trial: place + 1, params: settings, share, ...outcome };
    this.#trials[place] = trial;
    this.#ended += 1;
    if (trial.value !== null && share === 1 && this.#beats(trial)) this.#best = { trial, ...(this.#options.keeps && { model }) };
    this.#tell();
    return trial.value;
  }

  #beats({ value, trial }: SweepTrial): boolean {
    const best = this.#best?.trial;
    if (!best) return true;
    if (value === best.value) return trial < best.trial;
    return this.#figure.higherIsBetter ? value! > best.value! : value! < best.value!;
  }

  async #outcome(settings: Settings, share: number): Promise<Outcome> {
    const { learner, parts, metric } = this.#options;
    const params = { ...learner.params, ...settings };
    try {
      const judged = await settledAll(
        parts.map(async ({ rows, scored, held }, fold) => {
          const { model, scores } = await this.#pool.fit({ params, rows: this.#shareOf(rows, share), scored }).catch((error: unknown) => {
            throw rows && error instanceof NodeError ? failureWithout(String(fold + 1), held.label, error) : error;
          });
          this.#done += share / parts.length;
          this.#tell();
          return { model, figures: judge(held, scores, model.signature) };
        }),
      );
      const metrics = meansOf(judged.map(({ figures }) => figures));
      const values = judged.flatMap(({ figures }) => figures[metric] ?? []);
      if (values.length === 0)
        return { value: null, deviation: null, metrics, failure: `${this.#figure.title} is not defined on the rows that it was judged on.` };
      return { value: metrics[metric]!, deviation: parts.length > 1 ? deviationOf(values) : null, metrics, model: judged[0]!.model };
    } catch (error) {
      this.#context.signal.throwIfAborted();
      if (!(error instanceof NodeError)) throw error;
      return { value: null, deviation: null, metrics: {}, failure: error.message };
    }
  }

  /** The same rows of a part whenever a share is taken, and more of them with a larger one. */
  #shareOf(rows: Uint32Array | undefined, share: number): Uint32Array | undefined {
    if (share === 1) return rows;
    const least = this.#options.rowCount * share;
    return (rows ?? Uint32Array.from(this.#ranks.keys())).filter((row) => this.#ranks[row]! < least);
  }

  #tell(): void {
    const { work, metric } = this.#options;
    const value = this.#best?.trial.value;
    const best = value === undefined || value === null ? '' : `, best ${this.#figure.title} ${Number(value.toPrecision(4))}`;
    this.#context.progress((0.95 * Math.min(work, this.#done)) / work, `${this.#ended} trials${best}`);
    if (value !== undefined && value !== null) this.#context.metric(`best ${metric}`, value, this.#ended);
  }
}

/** All values, or what the first failure threw, once none is under way any more. */
async function settledAll<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  return (await Promise.allSettled(promises)).map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}

/** The mean of each figure over the parts where it is defined. */
function meansOf(figures: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const names = new Set(figures.flatMap((each) => Object.keys(each)));
  return Object.fromEntries(
    [...names].map((name) => {
      const values = figures.flatMap((each) => each[name] ?? []);
      return [name, values.reduce((sum, each) => sum + each, 0) / values.length];
    }),
  );
}

/** Over n − 1; null for a single value. */
function deviationOf(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  return Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (values.length - 1));
}
