/** The help of node types, each read once. One that could not be read is asked for again. */
export class Readmes {
  readonly #read: (type: string) => Promise<string>;
  readonly #known = new Map<string, Promise<string>>();

  constructor(read: (type: string) => Promise<string>) {
    this.#read = read;
  }

  of(type: string): Promise<string> {
    const known = this.#known.get(type);
    if (known) return known;
    const asked = this.#read(type);
    this.#known.set(type, asked);
    asked.catch(() => this.#known.delete(type));
    return asked;
  }
}

/** The text below a heading of the second level, without it; empty when there is none. */
export function sectionOf(markdown: string, heading: string): string {
  const lines = markdown.split(/\r?\n/);
  const start = lines.findIndex((line) => line.trim().toLowerCase() === `## ${heading.toLowerCase()}`);
  if (start < 0) return '';
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^##?\s/.test(line));
  return rest
    .slice(0, end < 0 ? undefined : end)
    .join('\n')
    .trim();
}
