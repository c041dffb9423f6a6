import { catalog } from '#nodes/catalog.ts';
import type { Catalog } from '#nodes/kit/define.ts';
import { BASELINES, type Baseline, type Choices } from '#pipelines/propose/choices.ts';
import type { DatasetFacts } from '#pipelines/propose/facts.ts';
import { guessLabels, type LabelGuess, type ProposedTask } from '#pipelines/propose/label.ts';
import { propose, type Proposal } from '#pipelines/propose/propose.ts';
import type { Treatment } from '#pipelines/propose/treatment.ts';
import type { Api } from '../api.ts';
import { Loading } from '../loading.svelte.ts';

const known: Catalog = catalog;

/** A pipeline that is proposed for a dataset, while a person looks at it and changes it. */
export class ProposalDraft {
  readonly #api: Api;
  readonly facts = new Loading<DatasetFacts>();
  choices = $state.raw<Choices>({});
  readonly guesses: readonly LabelGuess[] = $derived(this.facts.value ? guessLabels(this.facts.value) : []);
  readonly proposal: Proposal | null = $derived(this.facts.value ? propose(this.facts.value, known, this.choices) : null);
  /** Why this label could be one. */
  readonly guess: LabelGuess | undefined = $derived(this.guesses.find(({ column }) => column === this.proposal?.decisions.label));

  constructor(api: Api) {
    this.#api = api;
  }

  /** Reads schema and profile of the newest version. */
  async choose(name: string): Promise<void> {
    this.choices = {};
    this.facts.take(null);
    await this.facts.load(async () => {
      const { latest } = await this.#api.datasets.get(name);
      const { rowCount, columns } = await this.#api.artifacts.profile(latest.hash);
      return { name, schema: latest.schema, rowCount, columns };
    });
  }

  /** Another label asks for another task; what was chosen for columns stays. */
  setLabel(label: string | null): void {
    this.choices = { ...this.choices, label, task: undefined };
  }

  setTask(task: ProposedTask): void {
    this.choices = { ...this.choices, task };
  }

  setShare(share: number): void {
    this.choices = { ...this.choices, share };
  }

  treat(column: string, treatment: Treatment): void {
    this.choices = { ...this.choices, treatments: Object.fromEntries([...Object.entries(this.choices.treatments ?? {}), [column, treatment]]) };
  }

  /** One algorithm at least stays. */
  toggle(baseline: Baseline): void {
    const now = this.proposal?.decisions.baselines ?? BASELINES;
    const next = BASELINES.filter((each) => (each === baseline) !== now.includes(each));
    if (next.length > 0) this.choices = { ...this.choices, baselines: next };
  }
}
