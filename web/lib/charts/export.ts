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

/** A drawn chart as a picture, with its title above, in the colours of the page; twice its size on the screen. */
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
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil((width + 2 * MARGIN) * SCALE);
  canvas.height = Math.ceil((height + HEAD + MARGIN) * SCALE);
  const paper = canvas.getContext('2d')!;
  const page = getComputedStyle(svg.closest('.card') ?? document.body);
  paper.scale(SCALE, SCALE);
  paper.fillStyle = page.backgroundColor;
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.fillStyle = page.color;
  paper.font = `600 13px ${page.fontFamily}`;
  paper.fillText(title, MARGIN, 22);
  paper.drawImage(image, MARGIN, HEAD, width, height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The browser could not draw the picture.'))), 'image/png'),
  );
}

/** The figures as RFC 4180 text: a cell with a comma, a quote or a line break is quoted, and none begins a formula in a spreadsheet. */
export function tableAsCsv({ head, rows }: ChartTable): Blob {
  const cell = (text: string) => {
    const plain = /^-?[\d,]+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text;
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
