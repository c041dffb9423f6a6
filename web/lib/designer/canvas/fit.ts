import { getViewportForBounds, type FitViewOptions, type Rect, type Viewport } from '@xyflow/svelte';
import { FIT_PADDING, LEAST_ZOOM, MAP } from './measures.ts';

type Padding = NonNullable<FitViewOptions['padding']>;
interface Size {
  readonly width: number;
  readonly height: number;
}
interface Fit {
  /** Cards, in pixels at 100 %. */
  readonly cards: readonly Rect[];
  readonly bounds: Rect;
  readonly space: Size;
  /** What stands over the canvas at its lower right, with its margin. */
  readonly corner: Size | null;
  readonly top?: `${number}px`;
}

/** The room that the map takes, where it is shown. */
export function mapCorner(shown: boolean): Size | null {
  if (!shown) return null;
  const { width, height } = matchMedia('(max-width: 1360px), (max-height: 760px)').matches ? MAP.small : MAP;
  const around = 2 * (MAP.margin + MAP.border);
  return { width: width + around, height: height + around };
}

const covers = ({ x, y, zoom }: Viewport, { space, corner }: Fit, card: Rect): boolean =>
  corner !== null && (card.x + card.width) * zoom + x > space.width - corner.width && (card.y + card.height) * zoom + y > space.height - corner.height;

/** The padding with which all cards are seen: where one would lie under the corner, room is left beside or below it, whichever shows more. */
export function paddingBeside(fit: Fit): Padding {
  const { cards, bounds, space, corner, top = FIT_PADDING.top } = fit;
  const plain: Padding = { ...FIT_PADDING, top };
  const viewOf = (padding: Padding): Viewport => getViewportForBounds(bounds, space.width, space.height, LEAST_ZOOM, 1, padding);
  const first = viewOf(plain);
  if (corner === null || !cards.some((card) => covers(first, fit, card))) return plain;
  const beside: Padding = { top, bottom: FIT_PADDING.bottom, left: FIT_PADDING.x, right: `${corner.width}px` };
  const above: Padding = { ...plain, bottom: `${corner.height}px` };
  return viewOf(beside).zoom > viewOf(above).zoom ? beside : above;
}
