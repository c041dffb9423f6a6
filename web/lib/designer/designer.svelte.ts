import { getContext, setContext } from 'svelte';
import type { AnyNode, Catalog, Port, Ports } from '#nodes/kit/define.ts';
import type { Issue } from '#nodes/kit/issues.ts';
import { check, checkStructure, type PlacedIssue } from '#pipelines/check.ts';
import { difference } from '#pipelines/diff.ts';
import type { DocumentNode, PipelineDocument } from '#pipelines/document.ts';
import { carryOver, renameIds } from '#pipelines/merge.ts';
import { createMemo, propagate, type NodeState } from '#pipelines/propagate.ts';
import type { ArtifactSummary } from '#pipelines/events.ts';
import type { Pipeline, Run, RunRequest } from '../api-types.ts';
import type { Api } from '../api.ts';
import type { Card } from './canvas/card.ts';
import { Cards } from './canvas/cards.svelte.ts';
import { Versions, type ShownComparison } from './history/versions.svelte.ts';
import type { Offered } from './library/items.ts';
import { browserStorage, LibraryMemory } from './library/library-memory.svelte.ts';
import { Readmes } from './library/readmes.ts';
import type { WorkspaceAssets } from './state/assets.svelte.ts';
import { Autosave, type Adopted } from './state/autosave.svelte.ts';
import { Comments } from './state/comments.svelte.ts';
import { FileReadings } from './state/file-readings.ts';
import { Frame } from './state/frame.svelte.ts';
import { Groups } from './state/groups.svelte.ts';
import { HistoryStore } from './state/history-store.ts';
import { History } from './state/history.svelte.ts';
import { guessPorts } from './state/guess-ports.ts';
import type { PortPlace } from './state/keys.ts';
import { Presence } from './state/presence.svelte.ts';
import { Profiles } from './state/profiles.ts';
import { RunState } from './state/run.svelte.ts';
import { Selection } from './state/selection.svelte.ts';
import { SubPipelines } from './state/sub-pipelines.svelte.ts';
import { Wiring } from './state/wiring.svelte.ts';
import { View } from './state/view.svelte.ts';

const CONTEXT = Symbol('designer');
const NONE: readonly Issue[] = [];

/** One open pipeline: what it is, what is chosen, what is known of it, and what happens to it. Components look everything up here. */
export class Designer {
  readonly api: Api;
  readonly catalog: Catalog;
  readonly pipeline: Pipeline;
  readonly assets: WorkspaceAssets;
  readonly subPipelines: SubPipelines;
  readonly run: RunState;
  readonly save: Autosave;
  readonly presence: Presence;
  readonly comments: Comments;
  readonly versions: Versions;
  readonly profiles: Profiles;
  readonly readings: FileReadings;
  readonly readmes: Readmes;
  readonly library = new LibraryMemory(browserStorage());
  readonly selection = new Selection();
  readonly history = new History<PipelineDocument>();
  readonly histories = new HistoryStore();
  readonly wiring = new Wiring();
  readonly frame = new Frame();
  readonly view = new View();
  readonly groups = new Groups(this);

  #draft = $state.raw<PipelineDocument>()!;
  /** A past run that is looked at; editing waits meanwhile. */
  past = $state.raw<Run | null>(null);
  /** Two versions that are laid over each other; editing waits meanwhile. */
  comparison = $state.raw<ShownComparison | null>(null);
  /** Counts what people asked to look at instead of the draft: an answer to an earlier wish comes too late. */
  #looked = 0;
  readonly #memo = createMemo();

  /** What stands on the canvas. */
  readonly document: PipelineDocument = $derived(this.comparison?.document ?? this.past?.document ?? this.#draft);
  readonly nodes: ReadonlyMap<string, DocumentNode> = $derived(new Map(this.document.nodes.map((node) => [node.id, node])));
  /** What is known at every port, without running anything. */
  readonly states: ReadonlyMap<string, NodeState> = $derived.by(() =>
    propagate(this.document, { catalog: this.catalog, assets: this.assets.known, observed: this.run.observed, memo: this.#memo }),
  );
  readonly issues: readonly PlacedIssue[] = $derived.by(() =>
    check(this.document, { catalog: this.catalog, assets: this.assets.known, observed: this.run.observed, states: this.states }),
  );
  readonly #structureIssues: ReadonlyMap<string, readonly PlacedIssue[]> = $derived.by(() =>
    Map.groupBy(checkStructure(this.document, this.catalog), (issue) => issue.node ?? ''),
  );
  /** Changes only when a node comes, goes or is of another type: what ports stand where depends on nothing else. */
  readonly typesKey: string = $derived(this.document.nodes.map((node) => `${node.id}:${node.type}`).join('\n'));
  /** The nodes as the newest run ran them. */
  readonly ranNodes: ReadonlyMap<string, DocumentNode> = $derived.by(() => new Map(this.run.ranDocument?.nodes.map((node) => [node.id, node])));
  readonly #cards = new Cards(this);
  readonly #guessedPorts: ReadonlyMap<string, { inputs: Ports; outputs: Ports }> = $derived.by(() => guessPorts(this.document, this.catalog));
  readonly #edges = $derived(this.document.edges);
  readonly wiredInputs: ReadonlySet<string> = $derived(new Set(this.#edges.map(({ to }) => `${to.node}\n${to.port}`)));
  readonly wiredOutputs: ReadonlySet<string> = $derived(new Set(this.#edges.map(({ from }) => `${from.node}\n${from.port}`)));

  constructor({ api, catalog, pipeline, assets }: { api: Api; catalog: Catalog; pipeline: Pipeline; assets: WorkspaceAssets }) {
    this.api = api;
    // Node types in imported files may have the names of what every object has.
    this.catalog = Object.assign(Object.create(null) as Catalog, catalog);
    this.pipeline = pipeline;
    this.#draft = pipeline.document;
    this.assets = assets;
    this.subPipelines = new SubPipelines(api, pipeline.id, () => this.document);
    this.profiles = new Profiles(api);
    this.readings = new FileReadings(api);
    this.readmes = new Readmes((type) => api.nodes.readme(type));
    this.run = new RunState(api, pipeline.id, { nameOf: (node) => this.nameOf(node), say: (text, urgent) => this.view.say(text, urgent) });
    this.save = new Autosave({
      api,
      pipeline,
      current: () => this.#draft,
      adopt: (adopted) => this.#adopt(adopted),
      onsaved: () => {
        this.histories.flush();
        void this.refreshPlan();
      },
    });
    this.versions = new Versions(api, pipeline.id, () => this.#draft);
    this.comments = new Comments(api, pipeline.id);
    this.presence = new Presence(api, pipeline.id, {
      onsaved: (revision, by) => void this.#heard(revision, by),
      oncomments: () => void this.comments.load().catch(() => undefined),
      onremoved: () => this.save.removed(),
    });
  }

  get editable(): boolean {
    return this.past === null && this.comparison === null;
  }

  get isInference(): boolean {
    return this.document.kind === 'inference';
  }

  definitionOf(id: string): AnyNode | undefined {
    const node = this.nodes.get(id);
    return node && this.catalog[node.type];
  }

  /** What the node's card says; null for a node that is not on the canvas. */
  cardOf(id: string): Card | null {
    return this.#cards.of(id);
  }

  /** What is wrong with one node; the same list as long as nothing changed. */
  issuesOf(id: string): readonly Issue[] {
    const own = this.states.get(id)?.issues ?? NONE;
    const structure = this.#structureIssues.get(id);
    return structure ? [...structure, ...own] : own;
  }

  /** The name given to a node, else its type's title. */
  nameOf(id: string): string {
    const node = this.nodes.get(id);
    return node?.name || (node && this.catalog[node.type]?.title) || node?.type || id;
  }

  /** The ports of a node; those of an unknown node type are guessed from its wires, so that nothing vanishes from the canvas. */
  portsOf(node: string, side: 'inputs' | 'outputs'): Ports {
    const definition = this.definitionOf(node);
    return definition ? (definition[side] as Ports) : (this.#guessedPorts.get(node)?.[side] ?? {});
  }

  portOf({ node, port }: PortPlace, side: 'inputs' | 'outputs'): Port | undefined {
    return this.portsOf(node, side)[port];
  }

  /** What the library offers beside node types. */
  get offered(): Offered {
    return { datasets: this.assets.datasets, models: this.assets.models, subPipelines: this.subPipelines.offered };
  }

  /** The newest artifact on an output port. */
  artifactAt({ node, port }: PortPlace): ArtifactSummary | undefined {
    return this.run.steps.get(node)?.outputs.find((each) => each.port === port);
  }

  /** The newest artifact that enters an input port. */
  artifactInto({ node, port }: PortPlace): ArtifactSummary | undefined {
    const edge = this.document.edges.find(({ to }) => to.node === node && to.port === port);
    return edge && this.artifactAt(edge.from);
  }

  /** Changes the document as one step of the history. */
  edit(name: string, change: (document: PipelineDocument) => PipelineDocument, key: string | null = null): void {
    if (!this.editable) {
      this.view.say(`This is a ${this.comparison ? 'comparison' : 'past run'}. Go back to the draft to change it.`);
      return;
    }
    const next = this.groups.withAdded(this.#draft, change(this.#draft));
    if (next === this.#draft) return;
    this.history.record(name, this.#draft, key);
    this.#put(next);
  }

  undo(): void {
    const name = this.history.undoName;
    const before = this.editable ? this.history.undo(this.#draft) : null;
    if (!before) return;
    this.#put(before);
    this.view.say(`Undone: ${name}.`);
  }

  redo(): void {
    const name = this.history.redoName;
    const after = this.editable ? this.history.redo(this.#draft) : null;
    if (!after) return;
    this.#put(after);
    this.view.say(`Done again: ${name}.`);
  }

  /** Reads assets, results and plan; the canvas can be used before this ends. */
  async load(): Promise<void> {
    const opened = this.#draft;
    await Promise.all([
      this.histories.read(this.pipeline.id, opened).then((kept) => kept && this.#draft === opened && this.history.restore(kept)),
      (this.assets.read ? Promise.resolve() : this.assets.load()).then(() => this.#learn()).catch((error: unknown) => this.view.fail(error)),
      this.run.load().catch((error: unknown) => this.view.fail(error)),
      this.subPipelines.load().catch((error: unknown) => this.view.fail(error)),
      this.comments.load().catch((error: unknown) => this.view.fail(error)),
    ]);
    await this.refreshPlan();
  }

  async refreshPlan(): Promise<void> {
    if (this.past || this.isInference || this.run.active) return;
    await this.run.loadPlan().catch(() => undefined);
  }

  /** Runs a part of the pipeline as it stands on the canvas. */
  async start(request: RunRequest): Promise<void> {
    await this.run.start(async () => {
      await this.save.flush();
      if (this.save.isSaved) return this.#draft;
      this.view.openPanel('problems');
      throw new Error('Nothing was run: the pipeline could not be saved first. See above what stands in the way.');
    }, request);
    this.view.lastScope = request.scope ?? { kind: 'all' };
  }

  async showPast(runId: string | null): Promise<void> {
    const question = ++this.#looked;
    this.comparison = null;
    if (runId === null) {
      if (!this.past) return;
      this.past = null;
      this.run.forget();
      await this.run.load();
      await this.refreshPlan();
      return;
    }
    if (this.past?.id === runId) return;
    const run = await this.api.runs.get(runId);
    if (question !== this.#looked) return;
    this.selection.clear();
    this.past = run;
    this.run.show(run);
  }

  /** Something was saved, here or elsewhere. */
  async #heard(revision: number, by: string): Promise<void> {
    const before = this.#draft;
    await this.save.heard(revision);
    if (this.#draft === before || this.save.state === 'conflict') return;
    const { nodes } = difference(before, this.#draft);
    const [first, ...more] = [...nodes.changed.map(({ id }) => id), ...nodes.added];
    if (first !== undefined) this.view.say(`${by || 'Someone else'} changed ${this.nameOf(first)}${more.length > 0 ? ` and ${more.length} more` : ''}.`);
  }

  /** Lays two versions over each other; `DRAFT` is the draft. */
  async showComparison(before: string, after: string): Promise<void> {
    const question = ++this.#looked;
    const comparison = await this.versions.compare(before, after);
    if (question !== this.#looked) return;
    this.selection.clear();
    this.comparison = comparison;
  }

  close(): void {
    this.histories.flush();
    this.run.stop();
    this.presence.stop();
    this.save.stop();
  }

  /**
   * Takes in what another person saved. It is no step of the history: what can be undone are one's own edits, each over what the other left,
   * and a field that the other changed since stays as it is.
   */
  #adopt({ document, from, to, renamed }: Adopted): void {
    const own = <T extends Iterable<string>>(ids: T): string[] => [...ids].map((id) => renamed.get(id) ?? id);
    const { nodes, notes, wires, focus } = this.selection;
    this.history.rebase((value) => carryOver(from, to, renameIds(value, renamed)));
    this.#draft = document;
    if (renamed.size > 0) this.selection.choose(own(nodes), { notes: own(notes), wires });
    if (focus !== null) this.selection.focus = renamed.get(focus) ?? focus;
    this.#dropAbsent();
    this.#keepHistory();
    void this.#learn();
  }

  #put(document: PipelineDocument): void {
    this.#draft = document;
    this.#dropAbsent();
    this.save.changed();
    this.#keepHistory();
    void this.#learn();
  }

  /** Asks for what the draft names and is not known yet. */
  async #learn(): Promise<void> {
    await Promise.all([this.assets.ensure(this.#draft, this.catalog), this.subPipelines.ensure(this.#draft)]);
  }

  #keepHistory(): void {
    this.histories.writeSoon(this.pipeline.id, () => ({ document: this.#draft, ...this.history.steps }));
  }

  /** Nothing that is gone stays chosen. */
  #dropAbsent(): void {
    const { nodes, notes, wires } = this.selection;
    const noteIds = new Set(this.#draft.notes.map((note) => note.id));
    this.selection.choose(
      [...nodes].filter((id) => this.#draft.nodes.some((node) => node.id === id)),
      { notes: [...notes].filter((id) => noteIds.has(id)), wires },
    );
    if (this.selection.focus !== null && !this.#draft.nodes.some((node) => node.id === this.selection.focus)) this.selection.focus = null;
  }
}

export const provideDesigner = (designer: Designer): Designer => setContext(CONTEXT, designer);
/** The open pipeline, in a component. */
export const useDesigner = (): Designer => getContext<Designer>(CONTEXT);
