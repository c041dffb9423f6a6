import type { AnyNode, Catalog, Ports } from '#nodes/kit/define.ts';
import type { Kind, ModelSpec } from '#nodes/kit/kinds.ts';
import type { DocumentNode, PipelineDocument } from '../document.ts';
import { freeId } from '../edit/nodes.ts';
import { CARD } from '../layout.ts';
import type { Place, Scoring } from './types.ts';
import type { Walker } from './walk.ts';

export const TRAINED_MODEL = 'trained-model';
const SCORE_MODEL = 'score-model';

/** A document as it is drawn: cards one below the other, what is at their side in a second column. */
export class Drawing {
  readonly #catalog: Catalog;
  readonly #nodes: DocumentNode[] = [];
  readonly #edges: PipelineDocument['edges'] = [];
  readonly #layout: PipelineDocument['layout'] = {};
  readonly #taken = new Set<string>();
  #level = 0;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** Adds a card on the present line; gives its id. */
  add(wish: string, type: string, name: string, params: Readonly<Record<string, unknown>>, column = 0): string {
    const id = freeId(this.#taken, wish);
    this.#taken.add(id);
    this.#nodes.push({ id, type, version: this.#catalog[type]?.version ?? 1, name, comment: '', params: { ...params } });
    this.#layout[id] = [column * (CARD.width + 68), this.#level * (CARD.height + 32)];
    return id;
  }

  down(): void {
    this.#level += 1;
  }

  wire({ node, port }: Place, to: string, input: string): void {
    this.#edges.push({ from: { node, port }, to: { node: to, port: input } });
  }

  drawn(): Pick<PipelineDocument, 'nodes' | 'edges' | 'notes' | 'layout'> {
    return { nodes: this.#nodes, edges: this.#edges, notes: [], layout: this.#layout };
  }
}

/** Draws the trained model and, below, the node that scores with it what comes from `end`; gives where the scores leave. */
export function drawScore(
  drawing: Drawing,
  { catalog, graph, states }: Walker,
  { trained }: Pick<Scoring, 'trained'>,
  { end, score, label }: { end: Place; score: string | null; label: string | undefined },
): Place {
  const maker = graph.nodes.get(trained.node);
  const spec = states.get(trained.node)?.outputs[trained.port] as ModelSpec | undefined;
  // A model that comes from the registry or another pipeline stays what it is.
  const kept = maker && catalog[maker.type]?.inputs && Object.keys(catalog[maker.type]!.inputs as Ports).length === 0 ? maker : undefined;
  const model = kept
    ? drawing.add(trained.node, kept.type, kept.name, kept.params, 1)
    : drawing.add(trained.node, TRAINED_MODEL, '', { node: trained.node, port: trained.port, label: label ?? '', task: spec?.task ?? 'unknown' }, 1);
  drawing.down();
  const scoreNode = score === null ? undefined : graph.nodes.get(score);
  const type = scoreNode?.type ?? SCORE_MODEL;
  const definition = catalog[type];
  const scored = drawing.add(score ?? SCORE_MODEL, type, scoreNode?.name ?? '', { ...scoreNode?.params });
  drawing.wire({ node: model, port: kept ? trained.port : 'model' }, scored, portOfKind(definition, 'inputs', 'model') ?? 'model');
  drawing.wire(end, scored, portOfKind(definition, 'inputs', 'table') ?? 'data');
  return { node: scored, port: portOfKind(definition, 'outputs', 'table') ?? 'data' };
}

/** The first port of that kind. */
export function portOfKind(definition: AnyNode | undefined, side: 'inputs' | 'outputs', kind: Kind): string | undefined {
  const ports = (definition?.[side] ?? {}) as Ports;
  return Object.keys(ports).find((name) => ports[name]!.kind === kind);
}
