import { parseArgs } from 'node:util';
import { z } from 'zod';
import { catalog } from '#nodes/catalog.ts';
import type { AnyNode } from '#nodes/kit/define.ts';

/** Lists the node types; as JSON with their ports and the JSON Schema of their parameters. */
export default async function nodes(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } });
  const all = Object.values(catalog as Readonly<Record<string, AnyNode>>);
  if (values.json) {
    const list = all.map(({ type, title, category, version, inputs, outputs, params }) => ({
      type,
      title,
      category,
      version,
      inputs,
      outputs,
      params: z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }),
    }));
    console.log(JSON.stringify(list));
    return 0;
  }
  const width = Math.max(...all.map(({ type }) => type.length));
  for (const category of new Set(all.map((each) => each.category))) {
    console.log(category);
    for (const each of all.filter((one) => one.category === category)) console.log(`  ${each.type.padEnd(width)}  ${each.summary}`);
  }
  return 0;
}
