import type { ChartTable } from './chart-table.ts';

const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'font-variant-numeric',
] as const;
const SCALE = 2;
const HEAD = 32;
const MARGIN = 12;
const KEY_HEIGHT = 20;
const SWATCH = 20;

/** What a colour of a chart stands for, as the screen shows it. */
interface Key {
  readonly name: string;
  /** Of a line. */
  readonly dash: readonly number[] | null;
  readonly colour: string;
  /** Of an area; null of a line. */
  readonly fill: string | null;
}

/** The keys that a card shows, or only tells; marked by `data-key`. */
function keysOf(card: Element | null): Key[] {
  return [...(card?.querySelectorAll('[data-key]') ?? [])].flatMap((element) => {
    const name = element.textContent.trim();
    const [line, area] = [element.querySelector('line'), element.querySelector('i')];
    if (name === '' || (!line && !area)) return [];
    const style = getComputedStyle((line ?? area)!);
    const dash = style.strokeDasharray === 'none' ? [] : style.strokeDasharray.split(',').map((each) => parseFloat(each));
    return [line ? { name, colour: style.stroke, dash, fill: null } : { name, colour: style.borderColor, dash: null, fill: style.backgroundColor }];
  });
}

/** Draws keys one after the other, in rows no wider than `width`; gives the height that they take. Not `visible`: it is only measured. */
function drawKeys(paper: CanvasRenderingContext2D, keys: readonly Key[], width: number, top: number, visible: boolean): number {
  let [left, row] = [0, 0];
  for (const { name, colour, dash, fill } of keys) {
    const long = SWATCH + 6 + paper.measureText(name).width + 16;
    if (left > 0 && left + long > width) [left, row] = [0, row + 1];
    const [x, y] = [MARGIN + left, top + row * KEY_HEIGHT + 10];
    left += long;
    if (!visible) continue;
    const ink = paper.fillStyle;
    paper.strokeStyle = colour;
    if (fill !== null) {
      paper.fillStyle = fill;
      paper.setLineDash([]);
      paper.lineWidth = 1;
      paper.fillRect(x + 5, y - 5, 10, 10);
      paper.strokeRect(x + 5, y - 5, 10, 10);
    } else {
      paper.setLineDash([...(dash ?? [])]);
      paper.lineWidth = 2;
      paper.beginPath();
      paper.moveTo(x, y);
      paper.lineTo(x + SWATCH, y);
      paper.stroke();
    }
    paper.fillStyle = ink;
    paper.fillText(name, x + SWATCH + 6, y + 4);
  }
  return keys.length === 0 ? 0 : (row + 1) * KEY_HEIGHT;
}

/** A drawn chart as a picture, with its title and key above, in the colours of the page; twice its size on the screen. */
export async function chartPicture(svg: SVGSVGElement, title: string): Promise<Blob> {
  const { width, height } = svg.getBoundingClientRect();
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = svg.querySelectorAll('*');
  copy.querySelectorAll<SVGElement>('*').forEach((element, at) => {
    const style = getComputedStyle(originals[at]!);
    element.removeAttribute('class');
    for (const name of STYLES) element.style.setProperty(name, style.getPropertyValue(name));
  });
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const card = svg.closest('.card');
  const page = getComputedStyle(card ?? document.body);
  const canvas = document.createElement('canvas');
  const paper = canvas.getContext('2d')!;
  const keys = keysOf(card);
  const font = `11px ${page.fontFamily}`;
  paper.font = font;
  const keyHeight = drawKeys(paper, keys, width, HEAD, false);
  canvas.width = Math.ceil((width + 2 * MARGIN) * SCALE);
  canvas.height = Math.ceil((height + HEAD + keyHeight + MARGIN) * SCALE);
  paper.scale(SCALE, SCALE);
  paper.fillStyle = page.backgroundColor;
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.fillStyle = page.color;
  paper.font = `600 13px ${page.fontFamily}`;
  paper.fillText(title, MARGIN, 22);
  paper.font = font;
  drawKeys(paper, keys, width, HEAD, true);
  paper.drawImage(image, MARGIN, HEAD + keyHeight, width, height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The browser could not draw the picture.'))), 'image/png'),
  );
}

/** The figures as RFC 4180 text: a cell with a comma, a quote or a line break is quoted, and none begins a formula in a spreadsheet. */
export function tableAsCsv({ head, rows }: ChartTable): Blob {
  const cell = (text: string) => {
    const plain = /^[-−]?[\d,]+(\.\d+)?(e−?\d+)?$/.test(text) ? text.replaceAll(',', '').replaceAll('−', '-') : text;
    const safe = /^[=+@\t\r]/.test(plain) || /^-(?![\d.])/.test(plain) ? `'${plain}` : plain;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return new Blob([[head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')], { type: 'text/csv;charset=utf-8' });
}

/** Gives a file to the browser to save. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A title as the beginning of a file's name. */
export const fileName = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '') || 'chart';
