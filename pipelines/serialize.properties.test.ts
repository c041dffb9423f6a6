import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COLOURS, pipelineDocument, type PipelineDocument } from './document.ts';
import { setParam } from './edit.ts';
import { deepEqual } from './equal.ts';
import { readDocument } from './migrations/index.ts';
import { canonicalJson } from './signature.ts';
import { serialize } from './serialize.ts';
import { stubCatalog } from './stub-catalog.ts';

const ids = ['a', 'b', 'c', 'd-2', 'E_3', 'constructor'];
const id = fc.constantFrom(...ids);
const port = fc.constantFrom('data', 'model', 'toString', 'left right');
const words = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('"quoted"', 'two\nlines', '<b>x</b>', 'Äpfel 🍎', '\u2028', '\\'));
const value = fc.jsonValue({ maxDepth: 3 }).filter((each) => !JSON.stringify(each).includes('__proto__') && deepEqual(each, JSON.parse(JSON.stringify(each))));
const place = fc.integer({ min: -5_000, max: 5_000 }).map((each) => each + 0);
const node = (own: string) =>
  fc.record(
    {
      id: fc.constant(own),
      type: fc.constantFrom('scale', 'source', 'of-a-plugin', 'hasOwnProperty'),
      // Older ones are brought up to date on reading, which is tested elsewhere.
      version: fc.integer({ min: 5, max: 9 }),
      name: words,
      comment: words,
      params: fc.dictionary(fc.constantFrom('factor', 'method', 'x y', 'name'), value, { maxKeys: 3 }),
      disabled: fc.constant(true as const),
      policy: fc.record({ retries: fc.integer({ min: 0, max: 3 }) }),
      pin: fc.record({ run: fc.integer({ min: 1, max: 9 }), outputs: fc.constant({ data: 'a'.repeat(64) }) }),
    },
    { requiredKeys: ['id', 'type', 'version', 'name', 'comment', 'params'] },
  );
const named = fc.uniqueArray(fc.constantFrom('p', 'q', 'r'), { maxLength: 3 });
const document: fc.Arbitrary<PipelineDocument> = fc
  .record({
    name: words.filter((text) => text.length > 0),
    description: words,
    kind: fc.constantFrom('training', 'inference', 'batch'),
    nodes: fc.subarray(ids).chain((chosen) => fc.tuple(...chosen.map(node))),
    edges: fc.uniqueArray(fc.record({ from: fc.record({ node: id, port }), to: fc.record({ node: id, port }) }), { maxLength: 5, selector: canonicalJson }),
    notes: named.chain((names) => fc.tuple(...names.map((each) => fc.record({ id: fc.constant(`note-${each}`), text: words, x: place, y: place })))),
    groups: named.chain((names) =>
      fc.tuple(
        ...names.map((each) =>
          fc.record({ id: fc.constant(`group-${each}`), title: words, colour: fc.constantFrom(...COLOURS), collapsed: fc.boolean(), nodes: fc.subarray(ids) }),
        ),
      ),
    ),
    parameters: named.chain((names) =>
      fc.tuple(...names.map((each) => fc.record({ name: fc.constant(each), description: words, node: id, param: fc.constant('factor') }))),
    ),
    layout: fc.dictionary(id, fc.tuple(place, place)),
  })
  .map((input) => pipelineDocument.safeParse({ formatVersion: 1, ...input }))
  .filter((parsed) => parsed.success)
  .map((parsed) => parsed.data!);

const ordered = (read: PipelineDocument): unknown => ({
  ...read,
  nodes: read.nodes.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
  edges: read.edges.map(canonicalJson).sort(),
  notes: read.notes.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
  groups: (read.groups ?? []).toSorted((one, other) => (one.id < other.id ? -1 : 1)),
});
const readBack = (text: string): PipelineDocument => {
  const { document: read, issues } = readDocument(JSON.parse(text), stubCatalog);
  if (read === null) throw new Error(issues.map(({ message }) => message).join('\n'));
  return read;
};

describe('a pipeline file', () => {
  test('reads back as the same pipeline, with unknown node types, newer versions and loose wires', () => {
    fc.assert(
      fc.property(document, (written) => {
        const read = readBack(serialize(written));
        if (!deepEqual(ordered(read), ordered(written))) expect(ordered(read)).toEqual(ordered(written));
        expect(serialize(read)).toBe(serialize(written));
      }),
      { numRuns: 500 },
    );
  });

  test('does not depend on the order of anything', () => {
    fc.assert(
      fc.property(document, (written) => {
        const turned: PipelineDocument = {
          ...written,
          nodes: written.nodes.toReversed(),
          edges: written.edges.toReversed(),
          notes: written.notes.toReversed(),
          layout: Object.fromEntries(Object.entries(written.layout).reverse()),
          ...(written.groups && { groups: written.groups.toReversed() }),
        };
        expect(serialize(turned)).toBe(serialize(written));
      }),
    );
  });

  test('a changed parameter touches its node alone', () => {
    fc.assert(
      fc.property(
        document.filter(({ nodes }) => nodes.length > 0),
        fc.integer(),
        (written, changed) => {
          const target = written.nodes[0]!.id;
          const [before, after] = [written, setParam(written, target, 'factor', changed)].map((each) => serialize(each).split('\n')) as [string[], string[]];
          const same = (from: (lines: string[]) => string[]): number => {
            const [one, other] = [from(before), from(after)];
            const at = one.findIndex((line, index) => line !== other[index]);
            return at < 0 ? Math.min(one.length, other.length) : at;
          };
          const [head, tail] = [same((lines) => lines), same((lines) => lines.toReversed())];
          const touched = before.slice(head, before.length - tail).join('\n');
          for (const other of written.nodes) if (other.id !== target) expect(touched).not.toContain(`"id": ${JSON.stringify(other.id)}`);
          expect(touched).not.toContain('"layout"');
        },
      ),
    );
  });
});
