import type { PipelineDocument } from './document.ts';
import { canonicalJson } from './signature.ts';

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** JSON values with sorted keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .map((key) => [key, sorted(record[key])]),
  );
}

const block = (value: unknown, indent: string): string => JSON.stringify(sorted(value), null, 2).replaceAll('\n', `\n${indent}`);

function list(lines: readonly string[]): string {
  return lines.length === 0 ? '[]' : `[\n    ${lines.join(',\n    ')}\n  ]`;
}

/**
 * The text of a *.pipeline.json file. Equal pipelines give equal text: nodes by id, each a block; wires one a line, by where they lead;
 * places last, one a line, so that moving cards and changing the work never touch the same lines.
 */
export function serialize(document: PipelineDocument): string {
  const nodes = document.nodes
    .toSorted((one, other) => compare(one.id, other.id))
    .map(({ id, type, version, name, comment, disabled, params, policy, pin }) =>
      nodeBlock({ id, type, version, name, comment, disabled }, { params, policy, pin }),
    );
  const wireKey = ({ from, to }: PipelineDocument['edges'][number]): string => [to.node, to.port, from.node, from.port].join('\n');
  const edges = document.edges
    .toSorted((one, other) => compare(wireKey(one), wireKey(other)))
    .map(
      ({ from, to }) =>
        `{ "from": { "node": ${JSON.stringify(from.node)}, "port": ${JSON.stringify(from.port)} }, "to": { "node": ${JSON.stringify(to.node)}, "port": ${JSON.stringify(to.port)} } }`,
    );
  const layout = Object.entries(document.layout)
    .toSorted(([one], [other]) => compare(one, other))
    .map(([id, [x, y]]) => `${JSON.stringify(id)}: [${x}, ${y}]`);
  const parts = [
    `"formatVersion": ${document.formatVersion}`,
    `"kind": ${JSON.stringify(document.kind)}`,
    `"name": ${JSON.stringify(document.name)}`,
    `"description": ${JSON.stringify(document.description)}`,
    ...(document.policy ? [`"policy": ${block(document.policy, '  ')}`] : []),
    `"parameters": ${list(document.parameters.map((each) => block(each, '    ')))}`,
    `"nodes": ${list(nodes)}`,
    `"edges": ${list(edges)}`,
    `"notes": ${list(document.notes.toSorted((one, other) => compare(one.id, other.id)).map((each) => canonicalJson(each)))}`,
    ...(document.groups?.length
      ? [`"groups": ${list(document.groups.toSorted((one, other) => compare(one.id, other.id)).map((each) => canonicalJson(each)))}`]
      : []),
    `"layout": ${layout.length === 0 ? '{}' : `{\n    ${layout.join(',\n    ')}\n  }`}`,
  ];
  return `{\n  ${parts.join(',\n  ')}\n}\n`;
}

function nodeBlock(head: Readonly<Record<string, unknown>>, blocks: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(head)
    .filter(([key, value]) => value !== undefined && !(value === '' && (key === 'name' || key === 'comment')))
    .map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
  for (const [key, value] of Object.entries(blocks)) if (value !== undefined) lines.push(`"${key}": ${block(value, '      ')}`);
  return `{\n      ${lines.join(',\n      ')}\n    }`;
}
