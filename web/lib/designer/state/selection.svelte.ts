import { SvelteSet } from 'svelte/reactivity';

const equal = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean => one.size === other.size && [...one].every((each) => other.has(each));

/** What is chosen on the canvas: nodes, notes and wires by id. */
export class Selection {
  nodes = $state.raw<ReadonlySet<string>>(new Set());
  notes = $state.raw<ReadonlySet<string>>(new Set());
  wires = $state.raw<ReadonlySet<string>>(new Set());
  /** The node that arrow keys start from; stays when the selection is cleared. */
  focus = $state<string | null>(null);
  /** Wires over which the pointer stands. */
  readonly hovered = new SvelteSet<string>();

  /** The one chosen node, or null when none or several are chosen. */
  get single(): string | null {
    return this.nodes.size === 1 && this.notes.size === 0 ? [...this.nodes][0]! : null;
  }

  get isEmpty(): boolean {
    return this.nodes.size + this.notes.size + this.wires.size === 0;
  }

  choose(nodes: Iterable<string>, { notes = [], wires = [] }: { notes?: Iterable<string>; wires?: Iterable<string> } = {}): void {
    const next = { nodes: new Set(nodes), notes: new Set(notes), wires: new Set(wires) };
    if (!equal(this.nodes, next.nodes)) this.nodes = next.nodes;
    if (!equal(this.notes, next.notes)) this.notes = next.notes;
    if (!equal(this.wires, next.wires)) this.wires = next.wires;
    const [first] = next.nodes;
    if (first !== undefined && (this.focus === null || !next.nodes.has(this.focus))) this.focus = first;
  }

  clear(): void {
    this.choose([]);
  }
}
