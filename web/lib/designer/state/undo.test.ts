import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyCommand } from '#pipelines/any-command.ts';
import { emptyDocument, type PipelineDocument } from '#pipelines/document.ts';
import { serialize } from '#pipelines/serialize.ts';
import { documentOf } from '#pipelines/stub-catalog.ts';
import { historyOf } from './history-store.ts';
import { History } from './history.svelte.ts';

const start = (): PipelineDocument => ({
  ...documentOf(['source', 'a:scale', 'b:split', 'c:select'], ['source -> a', 'a -> b', 'b.first -> c']),
  layout: { source: [0, 0], a: [0, 100], b: [0, 200], c: [0, 300] },
});

describe('undo and redo', () => {
  it('give back every document that any sequence of commands led through, to the letter', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { minLength: 1, maxLength: 40 }), (commands) => {
        const history = new History<PipelineDocument>(() => 0);
        const seen = [start()];
        for (const command of commands) {
          const before = seen.at(-1)!;
          const after = command(before);
          if (after === before) continue;
          history.record('Change', before);
          seen.push(after);
        }
        const texts = seen.map(serialize);
        let current = seen.at(-1)!;
        for (const text of texts.slice(0, -1).reverse()) {
          current = history.undo(current)!;
          expect(serialize(current)).toBe(text);
        }
        expect(history.undo(current)).toBeNull();
        for (const text of texts.slice(1)) {
          current = history.redo(current)!;
          expect(serialize(current)).toBe(text);
        }
        expect(history.redo(current)).toBeNull();
      }),
      { numRuns: 150 },
    );
  });
});

describe('a kept history', () => {
  const named = (name: string) => emptyDocument(name);
  const kept = () => {
    const history = new History<PipelineDocument>(() => 0);
    history.record('One', named('a'));
    history.record('Two', named('b'));
    return { document: named('c'), ...history.steps };
  };

  it('goes on where it leads to the document of the server', () => {
    const found = historyOf(structuredClone(kept()), named('c'))!;
    const history = new History<PipelineDocument>();
    history.restore(found);
    expect(history.undoName).toBe('Two');
    expect(history.undo(named('c'))).toEqual(named('b'));
    expect(history.redoName).toBe('Two');
  });

  it('loses what was never saved, and all of it where the server has something else', () => {
    expect(historyOf(kept(), named('b'))).toMatchObject({ past: [{ name: 'One' }], future: [] });
    expect(historyOf(kept(), named('other'))).toBeNull();
  });
});
