import type { Api } from '#web/lib/api.ts';
import type { ModelDetail, ModelListed, PipelineSummary, Run, RunSummary } from '#web/lib/api-types.ts';
import type { DeploymentSource } from '#web/lib/api-endpoint-types.ts';
import { when } from '#web/lib/format.ts';
import { Loading } from '#web/lib/loading.svelte.ts';

export type SourceKind = DeploymentSource['type'];
interface Option {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}
type Known = Pick<Api, 'models' | 'runs' | 'pipelines'>;

const MOST = 100;
const joined = (...parts: readonly (string | null | undefined)[]): string => parts.filter(Boolean).join(' · ');

/** What a version of a model can be asked by: the newest, an alias, or a number; archived ones cannot be deployed. */
export const versionOptions = ({ versions }: Pick<ModelDetail, 'versions'>): Option[] => {
  const usable = versions.filter(({ archived }) => !archived);
  return [
    { value: 'latest', label: 'latest', hint: usable[0] ? `v${usable[0].version} now` : undefined },
    ...usable.flatMap(({ version, aliases }) => aliases.map((alias) => ({ value: alias, label: alias, hint: `v${version} now` }))),
    ...usable.map(({ version, headline }) => ({ value: String(version), label: `v${version}`, hint: headline ?? undefined })),
  ];
};

/** The nodes of a run that gave a trained model. */
export const trainedNodes = ({ steps }: Pick<Run, 'steps'>): Option[] =>
  steps
    .filter(({ status, outputs }) => ['succeeded', 'reused'].includes(status) && outputs.some(({ kind }) => kind === 'model'))
    .map(({ node, name }) => ({ value: node, label: name || node }));

/** What a person chooses to deploy: a registered model, what a run trained, or an inference pipeline. */
export class SourceChoice {
  readonly #api: Known;
  kind = $state<SourceKind>('model');
  readonly models = new Loading<readonly ModelListed[]>();
  readonly runs = new Loading<readonly RunSummary[]>();
  readonly pipelines = new Loading<readonly PipelineSummary[]>();
  readonly versions = new Loading<Option[]>();
  readonly run = new Loading<Run>();
  model = $state('');
  version = $state('latest');
  runId = $state('');
  node = $state('');
  pipelineId = $state('');
  #names = $state.raw<Readonly<Record<string, string>>>({});

  constructor(api: Known) {
    this.#api = api;
  }

  readonly list = $derived.by((): Loading<readonly unknown[]> => ({ model: this.models, run: this.runs, pipeline: this.pipelines })[this.kind]);
  readonly modelOptions = $derived((this.models.value ?? []).map(({ name, latest }) => ({ value: name, label: name, hint: latest.headline ?? undefined })));
  readonly runOptions = $derived(
    (this.runs.value ?? []).map(({ id, number, pipelineName, headline, finishedAt }) => ({
      value: id,
      label: `Run ${number} of ${pipelineName}`,
      hint: joined(headline, finishedAt && when(finishedAt)),
    })),
  );
  readonly pipelineOptions = $derived((this.pipelines.value ?? []).map(({ id, name }) => ({ value: id, label: name })));
  readonly nodeOptions = $derived(this.run.value?.id === this.runId ? trainedNodes(this.run.value) : []);
  /** Why the chosen run cannot be deployed, or null. */
  readonly runError = $derived(
    this.runId !== '' && this.run.value?.id === this.runId && this.nodeOptions.length === 0 ? 'This run trained no model. Choose another one.' : null,
  );

  /** As the server takes it; null until all is chosen. */
  readonly source = $derived.by((): DeploymentSource | null => {
    if (this.kind === 'model') return this.model === '' ? null : { type: 'model', name: this.model, version: this.version };
    if (this.kind === 'pipeline') return this.pipelineId === '' ? null : { type: 'pipeline', pipelineId: this.pipelineId };
    return this.runId === '' || this.node === '' ? null : { type: 'run', runId: this.runId, node: this.node };
  });

  /** Where a problem of the chosen source is mended. */
  readonly wayOut = $derived.by((): { readonly href: string; readonly label: string } | null => {
    if (this.kind === 'model') return this.model === '' ? null : { href: `/models/${encodeURIComponent(this.model)}`, label: 'Open the model' };
    const id = this.kind === 'pipeline' ? this.pipelineId : (this.run.value?.pipelineId ?? '');
    return id === '' ? null : { href: `/pipelines/${encodeURIComponent(id)}`, label: 'Open the pipeline' };
  });

  /** Reads what there is to choose from, anew each time. */
  async open(): Promise<void> {
    const { models, runs, pipelines } = this.#api;
    const [, , found] = await Promise.all([
      this.models.load(async () => (await models.list({ limit: MOST })).items),
      this.runs.load(async () => (await runs.list({ status: 'succeeded', limit: MOST })).items),
      this.pipelines.load(async () => (await pipelines.list({ limit: 200 })).items.filter(({ kind }) => kind === 'inference')),
    ]);
    if (this.model === '' && this.models.value?.[0]) await this.chooseModel(this.models.value[0].name);
    if (this.pipelineId === '') this.pipelineId = found?.[0]?.id ?? '';
    if (this.runId === '' && this.runs.value?.[0]) await this.chooseRun(this.runs.value[0].id);
    if (this.models.value?.length === 0 && this.model === '')
      this.kind = this.pipelineId === '' && this.runId !== '' ? 'run' : this.pipelineId === '' ? 'model' : 'pipeline';
  }

  async chooseModel(name: string): Promise<void> {
    this.model = name;
    this.version = 'latest';
    await this.versions.load(async () => versionOptions(await this.#api.models.get(name)));
  }

  async chooseRun(id: string): Promise<void> {
    this.runId = id;
    this.node = '';
    const run = await this.run.load(() => this.#api.runs.get(id));
    if (run) this.node = trainedNodes(run)[0]?.value ?? '';
  }

  /** Learns the names of nodes, for problems that have a place. */
  async learnNames(): Promise<void> {
    const document =
      this.kind === 'run'
        ? this.run.value?.document
        : this.kind === 'pipeline'
          ? (await this.#api.pipelines.get(this.pipelineId).catch(() => null))?.document
          : undefined;
    this.#names = Object.fromEntries((document?.nodes ?? []).map(({ id, name, type }) => [id, name || type]));
  }

  nameOf(node: string): string {
    return this.#names[node] ?? node;
  }
}
