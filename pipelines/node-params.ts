import type { AnyNode } from '#nodes/kit/define.ts';
import { problem, warning, type Issue } from '#nodes/kit/issues.ts';
import type { ParamMeta } from '#nodes/kit/params.ts';
import { z } from 'zod';
import type { DocumentNode } from './document.ts';
import { own } from './look-up.ts';
import { LONGEST_PARAMETER, oddValue } from './odd-values.ts';
import { valueWords } from './value-words.ts';

export interface ParsedParams {
  /** All parameters with their defaults, or null when one of them is wrong. */
  readonly params: Record<string, unknown> | null;
  readonly issues: readonly Issue[];
}

/** The title of a parameter as people see it. */
export function paramTitle(definition: AnyNode, name: string): string {
  const schema = definition.params.shape[name] as z.ZodType | undefined;
  return (schema?.meta() as Partial<ParamMeta> | undefined)?.title ?? name;
}

/** A text may be as long as its schema says, be it longer than usual. */
function longestOf(schema: z.ZodType): number {
  const text = schema instanceof z.ZodDefault ? schema.unwrap() : schema;
  return text instanceof z.ZodString ? Math.max(LONGEST_PARAMETER, text.maxLength ?? 0) : LONGEST_PARAMETER;
}

/** Brings the parameters of an older node version to the definition's; throws what a migration throws. */
export function migrateParams(definition: AnyNode, version: number, params: Record<string, unknown>): Record<string, unknown> {
  let current = params;
  for (let next = version + 1; next <= definition.version; next++) current = definition.migrate?.[next]?.(current) ?? current;
  return current;
}

/** Checks a node's parameters against its type; never throws. */
export function parseParams(definition: AnyNode, node: Pick<DocumentNode, 'params' | 'version'>): ParsedParams {
  let given: Record<string, unknown> = node.params;
  if (node.version < definition.version) {
    try {
      given = migrateParams(definition, node.version, given);
    } catch {
      return {
        params: null,
        issues: [problem('parameter_invalid', `The parameters of version ${node.version} cannot be brought to version ${definition.version}. Set them again.`)],
      };
    }
  }
  const issues: Issue[] = [];
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(definition.params.shape, name)) {
      issues.push(warning('parameter_unknown', `${definition.title} has no parameter "${name}"; it is ignored.`, { param: name }));
    }
  }
  const odd = Object.entries(given).flatMap(([name, value]) => {
    const schema = own(definition.params.shape, name) as z.ZodType | undefined;
    const wrong = schema ? oddValue(value, longestOf(schema)) : null;
    return wrong === null ? [] : problem('parameter_invalid', `${paramTitle(definition, name)}: ${wrong}`, { param: name });
  });
  if (odd.length > 0) return { params: null, issues: [...issues, ...odd] };
  const parsed = definition.params.safeParse(given);
  if (parsed.success) return { params: parsed.data as Record<string, unknown>, issues };
  for (const each of parsed.error.issues) {
    const name = each.path[0] === undefined ? undefined : String(each.path[0]);
    if (name === undefined) issues.push(problem('parameter_invalid', each.message));
    else if (given[name] === undefined) issues.push(problem('parameter_missing', `Set ${paramTitle(definition, name)}.`, { param: name }));
    else issues.push(problem('parameter_invalid', `${paramTitle(definition, name)}: ${valueWords(each)}`, { param: name }));
  }
  return { params: null, issues };
}
