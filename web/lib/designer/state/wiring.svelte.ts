import type { Catalog } from '#nodes/kit/define.ts';
import type { DocumentEdge, PipelineDocument } from '#pipelines/document.ts';
import { legalTargets, type LegalTarget } from '#pipelines/edit/wires.ts';
import type { PortPlace } from './keys.ts';

export type End = 'output' | 'input';
const keyOf = (place: PortPlace): string => `${place.node}\n${place.port}`;

/** The wire in the hand, by pointer or by keys: where it comes from and every port it may or may not go to. */
export class Wiring {
  from = $state.raw<(PortPlace & { end: End }) | null>(null);
  targets = $state.raw<ReadonlyMap<string, LegalTarget>>(new Map());
  /** The target that the wire would go to now. */
  aim = $state.raw<LegalTarget | null>(null);
  /** Wiring by keys: arrows choose among the legal targets. */
  byKeys = $state(false);

  start(document: PipelineDocument, catalog: Catalog, from: PortPlace, end: End, byKeys = false): void {
    this.from = { ...from, end };
    this.targets = new Map(legalTargets(document, catalog, from, end).map((target) => [keyOf(target), target]));
    this.aim = null;
    this.byKeys = byKeys;
    if (byKeys) this.step(document, 1);
  }

  stop(): void {
    this.from = null;
    this.targets = new Map();
    this.aim = null;
    this.byKeys = false;
  }

  targetAt(place: PortPlace): LegalTarget | undefined {
    return this.targets.get(keyOf(place));
  }

  /** Free legal targets from the top left on, then those whose wire would be replaced. */
  legal(document: PipelineDocument): LegalTarget[] {
    const place = (target: LegalTarget): readonly [number, number] => document.layout[target.node] ?? [0, 0];
    return [...this.targets.values()]
      .filter((target) => target.legal)
      .sort((a, b) => Number(a.occupied) - Number(b.occupied) || place(a)[1] - place(b)[1] || place(a)[0] - place(b)[0]);
  }

  step(document: PipelineDocument, by: 1 | -1): void {
    const legal = this.legal(document);
    const at = legal.findIndex((target) => target.node === this.aim?.node && target.port === this.aim.port);
    this.aim = legal.length === 0 ? null : legal[at < 0 ? (by > 0 ? 0 : legal.length - 1) : (at + by + legal.length) % legal.length]!;
  }

  /** The wire that would be drawn to a place. */
  edgeTo(place: PortPlace): DocumentEdge | null {
    if (!this.from) return null;
    const [one, other] = [
      { node: this.from.node, port: this.from.port },
      { node: place.node, port: place.port },
    ];
    return this.from.end === 'output' ? { from: one, to: other } : { from: other, to: one };
  }
}
