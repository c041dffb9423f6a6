import type { DocumentGroup, PipelineDocument } from '#pipelines/document.ts';
import { groupOfNode, groupsOf, moveToGroup } from '#pipelines/edit/groups.ts';
import { groupsAround, wholeGroups } from '#pipelines/nesting.ts';
import { outerPorts, type OuterPorts } from '#pipelines/outer-ports.ts';
import { shownOf, type Shown } from '../canvas/shown.ts';
import type { Designer } from '../designer.svelte.ts';

const NONE: OuterPorts = { inputs: [], outputs: [], more: 0 };

/** The groups of the open pipeline, and the one whose inside is shown. */
export class Groups {
  /** The opened group; null = the whole pipeline. */
  inside = $state<string | null>(null);
  readonly #designer: Designer;
  /** Each with all of its nodes, also those of the groups in it. */
  readonly all: readonly DocumentGroup[] = $derived.by(() => wholeGroups(groupsOf(this.#designer.document)));
  readonly shown: Shown = $derived.by(() => shownOf(this.all, this.inside));
  readonly #outer: ReadonlyMap<string, OuterPorts> = $derived.by(() => {
    const { collapsed, opened } = this.shown;
    const portsOf: Designer['portsOf'] = (node, side) => this.#designer.portsOf(node, side);
    return new Map((opened ? [opened, ...collapsed] : collapsed).map((group) => [group.id, outerPorts(this.#designer.document, group, portsOf)]));
  });
  /** The group on the canvas of which exactly the nodes are chosen. */
  readonly chosen: DocumentGroup | null = $derived.by(() => {
    const { nodes, notes } = this.#designer.selection;
    if (notes.size > 0) return null;
    const seen = [...this.shown.collapsed, ...this.shown.frames.toReversed()];
    return seen.find((group) => group.nodes.length === nodes.size && group.nodes.every((id) => nodes.has(id))) ?? null;
  });

  constructor(designer: Designer) {
    this.#designer = designer;
  }

  /** The ports on the card of a collapsed group, or at the border of the opened one. */
  outerOf(id: string): OuterPorts {
    return this.#outer.get(id) ?? NONE;
  }

  /** The group of which the node is one of its own. */
  of(node: string): DocumentGroup | undefined {
    return groupOfNode(this.#designer.document, node);
  }

  /** The groups that a group stands in, nearest first. */
  around(id: string): readonly DocumentGroup[] {
    return groupsAround(this.all, id);
  }

  /** The nearest group around something whose card is shown in place of its inside; null = the whole pipeline shows it. */
  collapsedAround(group: DocumentGroup | undefined): string | null {
    return group ? ([group, ...this.around(group.id)].find(({ collapsed }) => collapsed)?.id ?? null) : null;
  }

  /** What a group is called, with the groups around it. */
  pathOf(group: DocumentGroup): string {
    return [group, ...this.around(group.id)]
      .map(({ title }) => title || 'Group')
      .toReversed()
      .join(' / ');
  }

  /** What is added while the inside of a group is shown belongs to it. */
  withAdded(before: PipelineDocument, after: PipelineDocument): PipelineDocument {
    const { opened } = this.shown;
    if (!opened || after.nodes === before.nodes) return after;
    const known = new Set(before.nodes.map((node) => node.id));
    const added = after.nodes.flatMap(({ id }) => (known.has(id) ? [] : [id]));
    return added.length === 0 ? after : moveToGroup(after, added, opened.id);
  }
}
