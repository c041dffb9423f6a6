import type { RunScope } from '../../api-types.ts';
import type { DocumentEdge } from '#pipelines/document.ts';
import type { Dragged } from '../library/drag.ts';
import type { PortPlace } from './keys.ts';
import type { End } from './wiring.svelte.ts';

export type PanelTab = 'problems' | 'runs' | 'data' | 'logs' | 'history';
export type InspectorTab = 'settings' | 'input' | 'output' | 'run' | 'logs' | 'help';
/** The list of node types over the canvas: where it stands (on the page) and what the new node is wired to. */
export interface Finder {
  readonly x: number;
  readonly y: number;
  /** Where the node goes on the canvas; null = a free place. */
  readonly place: { readonly x: number; readonly y: number } | null;
  readonly wire: (PortPlace & { end: End }) | null;
  /** The wire that the new node goes into. */
  readonly into?: DocumentEdge;
}
/** What the canvas can be asked to do, once it stands. */
export interface CanvasDoors {
  fit(nodes?: readonly string[]): void;
  zoomBy(factor: number): void;
  zoomTo(zoom: number): void;
  reveal(node: string): void;
  focusNode(node: string): void;
  /** The middle of what is seen, in canvas pixels. */
  centre(): { x: number; y: number };
  /** Where the pointer stands on the canvas; null while it is elsewhere. */
  pointer(): { x: number; y: number } | null;
  /** Where a point of the page lies on the canvas. */
  toCanvas(point: { x: number; y: number }): { x: number; y: number };
}

/** What stands open around the canvas, and what is said aloud. */
export class View {
  panelTab = $state<PanelTab>('problems');
  inspectorTab = $state<InspectorTab>('settings');
  /** The output whose data the panel shows. */
  place = $state.raw<PortPlace | null>(null);
  /** What of a table the panel shows. */
  dataView = $state<'rows' | 'statistics' | 'compare'>('rows');
  /** Whose log lines are shown; null = all. */
  logNode = $state<string | null>(null);
  finder = $state.raw<Finder | null>(null);
  /** The node type whose help stands in the place of the inspector. */
  help = $state<string | null>(null);
  /** What the dialog of a run with settings begins with; null = it is closed. */
  runDialog = $state.raw<RunScope | null>(null);
  /** The menu of a node, where it was asked for on the page. */
  nodeMenu = $state.raw<{ readonly node: string; readonly x: number; readonly y: number } | null>(null);
  /** The wire that the pointer rests on, and where on the page. */
  wireTip = $state.raw<(DocumentEdge & { readonly id: string; readonly x: number; readonly y: number }) | null>(null);
  /** What is dragged from the library, while it is. */
  dragged = $state.raw<Dragged | null>(null);
  /** The wire that what is dragged would go into. */
  overWire = $state<string | null>(null);
  palette = $state(false);
  cheatSheet = $state(false);
  listView = $state(false);
  picture = $state(false);
  /** `hand` pans with the left button, `pointer` draws a selection box with Shift. */
  tool = $state<'pointer' | 'hand' | 'box'>('pointer');
  renaming = $state<string | null>(null);
  lastScope = $state.raw<RunScope>({ kind: 'all' });
  zoom = $state(1);
  /** How much of a card is drawn at this zoom: from afar a plain box in the colour of its state. */
  readonly detail: 'state' | 'name' | 'all' = $derived(this.zoom < 0.35 ? 'state' : this.zoom < 0.6 ? 'name' : 'all');
  polite = $state('');
  urgent = $state('');
  error = $state.raw<unknown>(null);
  canvas = $state.raw<CanvasDoors | null>(null);
  /** Shows a short word for a while; set by the frame. */
  ontell: ((text: string) => void) | null = null;
  /** Opens the bottom panel; set by the frame. */
  onpanel: (() => void) | null = null;

  say(text: string, urgent = false): void {
    if (urgent) this.urgent = text;
    else this.polite = text;
  }

  /** Says and shows for a while what a person should know. */
  tell(text: string): void {
    if (this.ontell) this.ontell(text);
    else this.say(text);
  }

  /** Says why something did not work, until it is closed. */
  fail(error: unknown): void {
    this.error = error;
    this.say(error instanceof Error ? error.message : String(error), true);
  }

  openPanel(tab: PanelTab): void {
    this.panelTab = tab;
    this.onpanel?.();
  }

  showData(place: PortPlace): void {
    this.place = place;
    this.openPanel('data');
  }

  showLogs(node: string | null): void {
    this.logNode = node;
    this.openPanel('logs');
  }
}
