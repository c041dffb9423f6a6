import type { FitViewOptions, useSvelteFlow } from '@xyflow/svelte';
import type { Designer } from '../designer.svelte.ts';
import type { CanvasDoors } from '../state/view.svelte.ts';
import { isTyping } from '../../ui/typing.ts';
import type { Far } from './far/far.svelte.ts';
import { mapCorner, paddingBeside } from './fit.ts';
import { LEAST_ZOOM, MOST_ZOOM, NODE_HEIGHT, NODE_WIDTH } from './measures.ts';
import type { FlowEdge, FlowNode } from './project.ts';
import { groupCardId, isShown } from './shown.ts';

export type Flow = ReturnType<typeof useSvelteFlow<FlowNode, FlowEdge>>;
interface Parts {
  readonly designer: Designer;
  readonly flow: Flow;
  readonly far: Far;
  readonly element: () => HTMLElement;
  /** Where the pointer stands on the page, while over the canvas. */
  readonly pointer: () => { x: number; y: number } | null;
}

/** With reduced motion nothing moves. */
const lasting = (milliseconds: number): number => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : milliseconds);

/** What the canvas can be asked to do. */
export function canvasDoors({ designer, flow, far, element, pointer }: Parts): CanvasDoors {
  const cardFor = (id: string): string => {
    const group = designer.groups.shown.hidden.get(id);
    return group === undefined ? id : groupCardId(group);
  };
  /** Inside a group the path back stands at the top. */
  const padding = (ids: readonly string[] | undefined): FitViewOptions['padding'] => {
    const { width, height } = element().getBoundingClientRect();
    const seen = ids ?? flow.getNodes().map(({ id }) => id);
    return paddingBeside({
      cards: seen.map((id) => flow.getNodesBounds([id])),
      bounds: flow.getNodesBounds([...seen]),
      space: { width, height },
      corner: mapCorner(designer.frame.map),
      ...(designer.groups.shown.opened && { top: '64px' }),
    });
  };
  return {
    fit(ids) {
      const cards = ids?.map(cardFor);
      void flow.fitView({ padding: padding(cards), maxZoom: 1, duration: lasting(240), nodes: cards?.map((id) => ({ id })) });
    },
    zoomBy: (factor) => void flow.setZoom(Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, flow.getZoom() * factor)), { duration: lasting(150) }),
    zoomTo: (zoom) => void flow.setZoom(zoom, { duration: lasting(150) }),
    reveal(id) {
      const { groups } = designer;
      if (!isShown(groups.shown, id)) {
        // A wire in the hand stays where it is.
        if (designer.wiring.from) return;
        groups.inside = groups.collapsedAround(groups.of(id));
        setTimeout(() => designer.view.canvas?.fit(), 30);
        return;
      }
      const [x, y] = designer.document.layout[id] ?? [0, 0];
      const view = element().getBoundingClientRect();
      const at = flow.flowToScreenPosition({ x, y });
      const zoom = flow.getZoom();
      const seen = at.x > view.left + 8 && at.y > view.top + 8 && at.x + NODE_WIDTH * zoom < view.right - 8 && at.y + NODE_HEIGHT * zoom < view.bottom - 8;
      if (!seen) void flow.setCenter(x + NODE_WIDTH / 2, y + NODE_HEIGHT / 2, { zoom, duration: lasting(150) });
    },
    focusNode(id) {
      const held = document.activeElement;
      far.wake(id);
      const focus = (): boolean => {
        const card = element().querySelector<HTMLElement>(`.node[data-node="${CSS.escape(id)}"]`);
        card?.focus({ preventScroll: true });
        return card !== null;
      };
      // What is closing gives the focus back first; a new card is still to be drawn. Who types elsewhere by then keeps the focus.
      const closing = held?.closest('[role=dialog], [role=menu], [role=listbox]');
      if (closing || !focus()) setTimeout(() => (document.activeElement === held || !isTyping(document.activeElement)) && focus(), 0);
    },
    centre() {
      const view = element().getBoundingClientRect();
      return flow.screenToFlowPosition({ x: view.left + view.width / 2, y: view.top + view.height / 2 });
    },
    pointer: () => {
      const at = pointer();
      return at && flow.screenToFlowPosition(at);
    },
    toCanvas: (point) => flow.screenToFlowPosition(point),
  };
}
