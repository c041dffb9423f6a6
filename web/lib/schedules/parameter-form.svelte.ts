import type { PipelineDocument } from '#pipelines/document.ts';

export interface ParameterField {
  readonly name: string;
  readonly description: string;
  /** What holds when nothing is given. */
  readonly saved: unknown;
}

/** As the field shows it: texts plain, all else as JSON. */
export const shown = (value: unknown): string => (value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value));

/** Reads what was typed: as it is where the pipeline has a text or a macro is in it, else as JSON. @throws Error with words for people */
export function readValue(name: string, text: string, saved: unknown): unknown {
  if (typeof saved === 'string' || /^\s*\$\{\{/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    if (typeof saved === 'object' && saved !== null && 'name' in saved) {
      // A dataset, as its name alone or with a version.
      const [, dataset = text.trim(), version = null] = /^(.*):(\d+)$/.exec(text.trim()) ?? [];
      return { name: dataset, version: version === null ? null : Number(version) };
    }
    throw new Error(`${name}: “${text}” is not a ${typeof saved === 'number' ? 'number' : 'JSON value'}.`);
  }
}

/** Values for the parameters of a pipeline; what is left empty keeps the pipeline's own value. */
export class ParameterForm {
  fields = $state.raw<readonly ParameterField[]>([]);
  texts = $state<Record<string, string>>({});
  given: Record<string, unknown> = {};
  #shown = false;

  /** Forgets what was shown; `given` holds until a pipeline is shown. */
  begin(given: Readonly<Record<string, unknown>>): void {
    this.given = { ...given };
    this.#shown = false;
    this.fields = [];
    this.texts = {};
  }

  show(document: PipelineDocument): void {
    this.#shown = true;
    this.fields = document.parameters.map(({ name, description, node, param }) => ({
      name,
      description,
      saved: document.nodes.find((each) => each.id === node)?.params[param],
    }));
    this.texts = Object.fromEntries(this.fields.map(({ name }) => [name, shown(this.given[name])]));
  }

  /** @throws Error with words for people */
  values(): Record<string, unknown> {
    if (!this.#shown) return { ...this.given };
    const filled = this.fields.filter(({ name }) => (this.texts[name] ?? '').trim() !== '');
    return Object.fromEntries(filled.map(({ name, saved }) => [name, readValue(name, this.texts[name]!, saved)]));
  }
}
