import { catalog } from '#nodes/catalog.ts';
import type { AnyNode } from '#nodes/kit/define.ts';
import { isShown, paramMetas } from '#nodes/kit/params.ts';
import type { ModelSummary } from '#nodes/kit/reports.ts';

interface Setting {
  readonly name: string;
  readonly value: string;
}
const nodes: Readonly<Record<string, AnyNode>> = catalog;

function words(value: unknown): string {
  if (value === null) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The settings that counted, named as in the inspector; of a multiclass model that was made of two-class ones, those of their algorithm. */
export function settingsOf({ learner, params }: Pick<ModelSummary, 'learner' | 'params'>): readonly Setting[] {
  const { learner: inner, ...others } = params;
  const within = typeof inner === 'string' ? nodes[inner] : undefined;
  if (within) return [{ name: 'Two-class algorithm', value: within.title }, ...settingsOf({ learner: inner as string, params: others })];
  const definition = nodes[learner];
  const metas = new Map(definition ? paramMetas(definition.params).map((each) => [each.name, each.meta]) : []);
  return Object.entries(params).flatMap(([name, value]) => {
    const meta = metas.get(name);
    if (meta && !isShown(meta, (other) => metas.get(other), params)) return [];
    const option = meta?.widget.kind === 'choice' ? meta.widget.options.find((each) => each.value === value)?.title : undefined;
    return [{ name: meta?.title ?? name, value: option ?? words(value) }];
  });
}
