import type { PipelineDocument } from '#pipelines/document.ts';
import type { RunPolicy } from '#pipelines/policy.ts';
import type { RunRequest, RunScope, RunSource } from '../../api-types.ts';

/** A parameter of the pipeline as the form shows it. */
export interface FormParameter {
  readonly name: string;
  readonly description: string;
  /** What it is now, on its node. */
  readonly present: unknown;
}

/** What a run with settings asks for, as it is filled in. */
export class RunForm {
  kind = $state<RunScope['kind']>('all');
  node = $state('');
  force = $state(false);
  policy = $state.raw<RunPolicy>({});
  /** The run whose results are taken. */
  run = $state('');
  #source = $state<RunSource['kind'] | null>(null);
  /** What was typed, by parameter; an absent or empty one stays as it is. */
  typed = $state.raw<Readonly<Record<string, string>>>({});

  constructor(scope: RunScope) {
    this.kind = scope.kind;
    this.node = scope.node ?? '';
  }

  /** What was chosen; until then, for a node alone the newest results as they are, else what still holds. */
  get source(): RunSource['kind'] {
    return this.#source ?? (this.kind === 'node' ? 'last' : 'current');
  }
  set source(kind: RunSource['kind']) {
    this.#source = kind;
  }

  type(name: string, text: string): void {
    this.typed = { ...this.typed, [name]: text };
  }

  setPolicy(changes: RunPolicy): void {
    this.policy = Object.fromEntries(Object.entries({ ...this.policy, ...changes }).filter(([, value]) => value !== undefined));
  }

  /** Scope and source, for the forecast; null while something is not chosen yet. */
  get part(): Pick<RunRequest, 'scope' | 'source'> | null {
    if (this.kind === 'all') return { scope: { kind: 'all' } };
    if (this.node === '') return null;
    const { source } = this;
    if (source === 'run' && this.run === '') return null;
    return { scope: { kind: this.kind, node: this.node }, source: source === 'run' ? { kind: 'run', run: this.run } : { kind: source } };
  }

  /** @throws Error with words for people when a parameter cannot be read or something is not chosen. */
  request(parameters: readonly FormParameter[]): RunRequest {
    const { part, policy } = this;
    if (!part) throw new Error(this.node === '' ? 'Choose the node that the run is about.' : 'Choose the run whose results are taken.');
    const values = parameters
      .filter(({ name }) => (this.typed[name] ?? '').trim() !== '')
      .map(({ name, present }) => [name, readParameter(name, this.typed[name]!, present)] as const);
    return {
      ...part,
      ...(this.force ? { force: true } : {}),
      ...(Object.keys(policy).length > 0 ? { policy } : {}),
      ...(values.length > 0 ? { parameters: Object.fromEntries(values) } : {}),
    };
  }
}

/** The typed text as a value of the type that the parameter has now. */
function readParameter(name: string, text: string, present: unknown): unknown {
  if (typeof present === 'string') return text;
  const typed = text.trim();
  if (typeof present === 'number') {
    const number = Number(typed.replace(',', '.'));
    if (!Number.isFinite(number)) throw new Error(`${name}: type a number instead of “${typed}”.`);
    return number;
  }
  try {
    return JSON.parse(typed) as unknown;
  } catch {
    throw new Error(`${name}: type ${typeof present === 'boolean' ? 'true or false' : 'JSON'} instead of “${typed}”.`);
  }
}

/** The pipeline's parameters with what they are now; `valueOf` fills in what a node's type sets by default. */
export const formParameters = (document: PipelineDocument, valueOf: (node: string, param: string) => unknown): readonly FormParameter[] =>
  document.parameters.map(({ name, description, node, param }) => ({ name, description, present: valueOf(node, param) }));
