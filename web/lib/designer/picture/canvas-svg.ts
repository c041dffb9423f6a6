import type { Ports } from '#nodes/kit/define.ts';
import type { Kind } from '#nodes/kit/kinds.ts';
import type { DocumentGroup, PipelineDocument } from '#pipelines/document.ts';
import { boundsOf } from '#pipelines/edit/arrange.ts';
import { groupsOf } from '#pipelines/edit/groups.ts';
import { wholeGroups } from '#pipelines/nesting.ts';
import { outerPorts, type OuterPorts } from '#pipelines/outer-ports.ts';
import type { IconPart } from '../../ui/icons.ts';
import { frameBoxes } from '../canvas/frames.ts';
import { cardWidth, NODE_HEIGHT, NODE_WIDTH, portX } from '../canvas/measures.ts';
import { PORT_SHAPES } from '../canvas/port-shapes.ts';
import { routeWires, type Box } from '../canvas/route.ts';
import { groupCardId, groupHandle, shownEnds, shownNodes, shownOf, type Shown, type ShownEnd } from '../canvas/shown.ts';
import { wireId } from '../state/keys.ts';

/** What a card says, as text. */
export interface CardText {
  readonly name: string;
  readonly line: string;
  readonly foot: string;
  readonly right: string;
  readonly family: string;
  readonly icon: readonly IconPart[];
}
export interface PictureFacts {
  readonly document: PipelineDocument;
  readonly cardOf: (node: string) => CardText;
  /** What stands on the card of a collapsed group. */
  readonly groupCardOf: (group: DocumentGroup) => CardText;
  readonly portsOf: (node: string, side: 'inputs' | 'outputs') => Ports;
  /** The value of a token such as `--surface`. */
  readonly colour: (token: string) => string;
}

const MARGIN = 32;
const NOTE_WIDTH = 216;
const NOTE_LINE = 16;
/** Widest character of a system font at 12 px, about; what is longer still is cut by its frame. */
const CHARACTER = 6.4;
const FONT = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif";
const DASHES: Readonly<Partial<Record<Kind, string>>> = { learner: '5 3', transform: '2 3', file: '2 4', report: '1 3' };

/** Text as SVG and XML take it: escaped, without the control characters that no XML file may hold. */
export const escapeXml = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

const attributes = (values: Readonly<Record<string, string | number | undefined>>): string =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${typeof value === 'number' ? Math.round(value * 100) / 100 : escapeXml(value!)}"`)
    .join('');
const tag = (name: string, values: Readonly<Record<string, string | number | undefined>>, content = ''): string =>
  content === '' ? `<${name}${attributes(values)}/>` : `<${name}${attributes(values)}>${content}</${name}>`;

/** A line of text that ends at its width. */
function line(text: string, at: { x: number; y: number; width: number }, style: { size: number; fill: string; weight?: number; anchor?: 'end' }): string {
  const anchor = style.anchor === 'end' ? { x: at.width, 'text-anchor': 'end' } : { x: 0 };
  const words = tag('text', { ...anchor, y: style.size + 1, 'font-size': style.size, fill: style.fill, 'font-weight': style.weight }, escapeXml(text));
  // A nested picture cuts what does not fit.
  return text === '' ? '' : tag('svg', { x: at.x, y: at.y, width: at.width, height: style.size + 6, overflow: 'hidden' }, words);
}

/** Breaks a text into lines of a note. */
export function noteLines(text: string, width = NOTE_WIDTH - 24): string[] {
  const most = Math.max(8, Math.floor(width / CHARACTER));
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let now = '';
    for (const word of paragraph.split(' ')) {
      for (let rest = word; ; rest = rest.slice(most)) {
        const piece = [...rest].slice(0, most).join('');
        if (now !== '' && now.length + 1 + piece.length > most) {
          lines.push(now);
          now = '';
        }
        now = now === '' ? piece : `${now} ${piece}`;
        if (rest.length <= most) break;
        lines.push(now);
        now = '';
      }
    }
    return [...lines, now];
  });
}

/** A port where it stands on its card. */
interface Mark {
  readonly x: number;
  readonly kind: Kind;
}
interface DrawnCard {
  readonly text: CardText;
  readonly box: Box;
  readonly inputs: ReadonlyMap<string, Mark>;
  readonly outputs: ReadonlyMap<string, Mark>;
}

function marksOf(ports: readonly (readonly [string, Kind])[], width = NODE_WIDTH): ReadonlyMap<string, Mark> {
  return new Map(ports.map(([handle, kind], index) => [handle, { x: portX(index, ports.length, width), kind }]));
}
const nodeMarks = (ports: Ports): ReadonlyMap<string, Mark> => marksOf(Object.entries(ports).map(([name, { kind }]) => [name, kind] as const));
const groupMarks = (ports: OuterPorts['inputs'], width: number): ReadonlyMap<string, Mark> =>
  marksOf(
    ports.map(({ node, name, port }) => [groupHandle({ node, port: name }), port.kind] as const),
    width,
  );

/** What has a card: nodes, and in place of their nodes collapsed groups, by the ids of cards on the canvas. */
function cardsOf({ document, cardOf, groupCardOf, portsOf }: PictureFacts, shown: Shown): Map<string, DrawnCard> {
  const placeOf = (id: string, index: number): readonly [number, number] => document.layout[id] ?? [(index % 4) * 284, Math.floor(index / 4) * 104];
  const nodes = shownNodes(shown, document.nodes).map(({ id }, index): [string, DrawnCard] => [
    id,
    { text: cardOf(id), box: boxAt(placeOf(id, index)), inputs: nodeMarks(portsOf(id, 'inputs')), outputs: nodeMarks(portsOf(id, 'outputs')) },
  ]);
  const groups = shown.collapsed.flatMap((group): [string, DrawnCard][] => {
    const bounds = boundsOf(document, group.nodes);
    const { inputs, outputs } = outerPorts(document, group, portsOf);
    if (!bounds) return [];
    const width = cardWidth(Math.max(inputs.length, outputs.length));
    const marks = { inputs: groupMarks(inputs, width), outputs: groupMarks(outputs, width) };
    return [[groupCardId(group.id), { text: groupCardOf(group), box: boxAt([bounds.x, bounds.y], width), ...marks }]];
  });
  return new Map([...nodes, ...groups]);
}

/** The whole canvas as an SVG file: cards, wires, notes and groups at their places, in the given colours. Nothing in it is markup of a person. */
export function canvasSvg(facts: PictureFacts): string {
  const { document, colour } = facts;
  const shown = shownOf(wholeGroups(groupsOf(document)), null);
  const cards = cardsOf(facts, shown);
  const notes = document.notes.map((note) => {
    const width = note.width ?? NOTE_WIDTH;
    const lines = noteLines(note.text, width - 24);
    return { ...note, width, lines, height: Math.max(note.height ?? 40, lines.length * NOTE_LINE + 16) };
  });
  const groups = frameBoxes(shown, new Map([...cards].map(([id, { box }]) => [id, box])));
  const all: Box[] = [...[...cards.values()].map(({ box }) => box), ...notes, ...groups];
  const around = all.length === 0 ? { left: 0, top: 0, right: 320, bottom: 80 } : bounds(all);
  const view = {
    x: around.left - MARGIN,
    y: around.top - MARGIN,
    width: around.right - around.left + 2 * MARGIN,
    height: around.bottom - around.top + 2 * MARGIN,
  };

  const content = [
    tag('title', {}, escapeXml(document.name)),
    tag('rect', { x: view.x, y: view.y, width: view.width, height: view.height, fill: colour('--bg-canvas') }),
    ...groups.map((box) => groupFrame(box.group, box, colour)),
    ...wiresOf(document, shown, cards, colour),
    ...[...cards.values()].map((each) => card(each, colour)),
    ...notes.map((note) => noteCard(note, colour)),
  ];
  return `${tag(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `${view.x} ${view.y} ${view.width} ${view.height}`,
      width: view.width,
      height: view.height,
      'font-family': FONT,
    },
    `\n${content.filter((each) => each !== '').join('\n')}\n`,
  )}\n`;
}

const boxAt = ([x, y]: readonly [number, number], width = NODE_WIDTH): Box => ({ x, y, width, height: NODE_HEIGHT });
const bounds = (boxes: readonly Box[]): { left: number; top: number; right: number; bottom: number } => ({
  left: boxes.reduce((least, box) => Math.min(least, box.x), Infinity),
  top: boxes.reduce((least, box) => Math.min(least, box.y), Infinity),
  right: boxes.reduce((most, box) => Math.max(most, box.x + box.width), -Infinity),
  bottom: boxes.reduce((most, box) => Math.max(most, box.y + box.height), -Infinity),
});

function groupFrame({ title, colour: family }: DocumentGroup, { x, y, width, height }: Box, colour: PictureFacts['colour']): string {
  const ink = colour(`--c-${family}`);
  return (
    tag('rect', { x, y, width, height, rx: 8, fill: ink, 'fill-opacity': 0.07, stroke: ink, 'stroke-opacity': 0.5 }) +
    line(title, { x: x + 12, y: y + 8, width: width - 24 }, { size: 12, fill: ink, weight: 600 })
  );
}

function wiresOf(document: PipelineDocument, shown: Shown, cards: ReadonlyMap<string, DrawnCard>, colour: PictureFacts['colour']): string[] {
  const at = ({ card, handle }: ShownEnd, side: 'inputs' | 'outputs') => {
    const drawn = cards.get(card);
    if (!drawn) return null;
    const mark = drawn[side].get(handle);
    return { x: drawn.box.x + (mark?.x ?? portX(0, 1)), y: drawn.box.y + (side === 'outputs' ? NODE_HEIGHT : 0), kind: mark?.kind ?? 'table' };
  };
  const wires = document.edges.flatMap((edge) => {
    const ends = shownEnds(shown, edge);
    const [from, to] = [ends && at(ends.source, 'outputs'), ends && at(ends.target, 'inputs')];
    return ends && from && to ? [{ id: wireId(edge), source: `${ends.source.card}/${ends.source.handle}`, from, to, kind: from.kind }] : [];
  });
  const routes = routeWires(
    wires,
    [...cards.values()].map(({ box }) => box),
  );
  return wires.map(({ id, kind }) => {
    const d = routes.get(id)!.path;
    return (
      tag('path', { d, fill: 'none', stroke: colour('--bg-canvas'), 'stroke-width': 5 }) +
      tag('path', { d, fill: 'none', stroke: colour(`--k-${kind}`), 'stroke-width': kind === 'model' ? 2 : 1.5, 'stroke-dasharray': DASHES[kind] })
    );
  });
}

function card({ text, box, inputs, outputs }: DrawnCard, colour: PictureFacts['colour']): string {
  const ink = colour(`--c-${text.family}`);
  const parts = text.icon
    .map(({ d, fill, dash, faint }) =>
      tag('path', {
        d,
        fill: fill ? ink : 'none',
        stroke: fill ? undefined : ink,
        'stroke-width': 1.3,
        'stroke-linecap': 'round',
        'stroke-linejoin': 'round',
        'stroke-dasharray': dash,
        opacity: faint ? 0.3 : undefined,
      }),
    )
    .join('');
  const width = box.width - 31 - 16;
  const half = text.right === '' ? width : width - Math.min(width / 2, text.right.length * CHARACTER);
  return tag(
    'g',
    { transform: `translate(${box.x} ${box.y})` },
    tag('rect', { x: 0.5, y: 0.5, width: box.width - 1, height: NODE_HEIGHT - 1, rx: 6, fill: colour('--surface'), stroke: colour('--node-line') }) +
      tag('path', { d: `M31 1v${NODE_HEIGHT - 2}H6a5 5 0 0 1-5-5V6a5 5 0 0 1 5-5z`, fill: ink, 'fill-opacity': 0.1 }) +
      tag('g', { transform: 'translate(7.5 10)' }, parts) +
      tag('path', { d: `M31.5 1v${NODE_HEIGHT - 2}M31 46.5h${box.width - 32}`, stroke: colour('--line'), fill: 'none' }) +
      line(text.name, { x: 39, y: 7, width }, { size: 12, fill: colour('--text'), weight: 600 }) +
      line(text.line, { x: 39, y: 25, width }, { size: 11, fill: colour('--text-3') }) +
      line(text.foot, { x: 39, y: 50, width: half }, { size: 11, fill: colour('--text-3') }) +
      line(text.right, { x: 39 + half, y: 50, width: width - half }, { size: 11, fill: colour('--text-2'), anchor: 'end' }) +
      portMarks(inputs, 0, colour) +
      portMarks(outputs, NODE_HEIGHT, colour),
  );
}

function portMarks(marks: ReadonlyMap<string, Mark>, y: number, colour: PictureFacts['colour']): string {
  return [...marks.values()]
    .map(({ x, kind }) => {
      const ink = colour(`--k-${kind}`);
      const hollow = kind === 'learner' || kind === 'images';
      return tag('path', {
        d: PORT_SHAPES[kind],
        transform: `translate(${x} ${y})`,
        fill: hollow ? colour('--surface') : ink,
        stroke: hollow ? ink : colour('--surface'),
        'stroke-width': hollow ? 2 : 1.5,
      });
    })
    .join('');
}

function noteCard({ x, y, width, height, lines, colour: family }: Box & { lines: readonly string[]; colour?: string }, colour: PictureFacts['colour']): string {
  const ink = family ? colour(`--c-${family}`) : colour('--note-line');
  return (
    tag('rect', { x, y, width, height, rx: 3, fill: family ? colour('--surface') : colour('--note'), stroke: ink }) +
    (family ? tag('rect', { x, y, width, height, rx: 3, fill: ink, 'fill-opacity': 0.1 }) : '') +
    lines
      .map((text, index) =>
        line(text, { x: x + 12, y: y + 8 + index * NOTE_LINE, width: width - 24 }, { size: 12, fill: family ? colour('--text') : colour('--note-text') }),
      )
      .join('')
  );
}
