import type { useStore } from '@xyflow/svelte';
import type { Designer } from '../../designer.svelte.ts';
import type { FlowEdge } from '../project.ts';

type Store = ReturnType<typeof useStore>;
type Visible = Store['visible'];

/**
 * The canvas from afar: cards are plain boxes and wires plain lines, which one layer draws for all of them (`FarLayer.svelte`). xyflow mounts
 * a card or a wire of its own only for what is pointed at or has the focus, so that it is dragged, clicked and spoken as from near.
 */
export class Far {
  readonly #designer: Designer;
  /** What the pointer was on last. */
  #node = $state<string | null>(null);
  #wire = $state<string | null>(null);
  readonly active: boolean = $derived.by(() => this.#designer.view.detail === 'state');
  /** The nodes that have a whole card nevertheless. */
  readonly nodes: ReadonlySet<string> = $derived.by(() => {
    const { selection, document, view, wiring } = this.#designer;
    const whole = [this.#node, selection.focus ?? document.nodes[0]?.id, view.renaming, wiring.from?.node, wiring.aim?.node];
    return new Set(whole.filter((id) => id != null));
  });
  readonly wires: ReadonlySet<string> = $derived.by(() => new Set(this.#wire === null ? [] : [this.#wire]));

  constructor(designer: Designer) {
    this.#designer = designer;
  }

  /** What xyflow needs to know of the wires; to look after all of them is most of what it does when a large pipeline opens. */
  wiresOf(edges: FlowEdge[]): FlowEdge[] {
    return this.active ? edges.filter(({ id, selected }) => selected || this.wires.has(id)) : edges;
  }

  /** Gives what is pointed at its whole card or wire; with a button held, the pointer has something in the hand. */
  point(event: PointerEvent, wireAt: () => string | null): void {
    if (!this.active || event.buttons !== 0) return;
    const target = event.target as Element;
    const node = target.closest<HTMLElement>('[data-node]')?.dataset.node;
    if (node !== undefined) this.#node = node;
    else if (target.classList.contains('svelte-flow__pane')) this.#wire = wireAt() ?? this.#wire;
  }

  /** The node that is about to have the focus. */
  wake(node: string): void {
    this.#node = node;
  }

  /** Has xyflow mount, while the canvas is seen from afar, only what has a whole card or wire here. */
  govern(store: Store): void {
    const all = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(store), 'visible')?.get;
    if (!all) throw new Error('This xyflow has no list of what it mounts.');
    const visible = $derived.by((): Visible => {
      const { nodes, edges } = all.call(store) as Visible;
      if (!this.active) return { nodes, edges };
      return {
        nodes: new Map([...nodes].filter(([id, node]) => node.type !== 'step' || this.nodes.has(id))),
        edges: new Map([...this.wires].flatMap((id) => (edges.has(id) ? [[id, edges.get(id)!] as const] : []))),
      };
    });
    Object.defineProperty(store, 'visible', { get: () => visible, configurable: true });
  }
}
