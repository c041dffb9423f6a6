import type { DocumentParameter, PipelineDocument } from '../document.ts';
import { FORMAT_VERSION } from '../document.ts';
import { Drawing, drawScore } from './drawing.ts';
import type { Ends } from './document.ts';
import { COLUMN_CHANGES } from './document.ts';
import type { Place, Scoring } from './types.ts';
import { nameOf, type Walker } from './walk.ts';

export const TRAINED_TRANSFORM = 'trained-transform';
const DATASET = 'dataset';

/**
 * Draws a scoring path as a document of kind `batch`, which runs as any other: from the data source over what was fitted in training to a
 * dataset of scores. Source and result are parameters, for who starts it.
 */
export function batchDocument(training: PipelineDocument, walker: Walker, scoring: Scoring, { score, label }: Ends): PipelineDocument {
  const { catalog, graph } = walker;
  const drawing = new Drawing(catalog);
  const origin = graph.nodes.get(scoring.source.node)!;
  const source = drawing.add(origin.id, origin.type, origin.name, origin.params);
  let end: Place = { node: source, port: scoring.source.port };
  for (const stage of scoring.stages) {
    const name = nameOf(walker, stage.node);
    if (stage.as === 'graph') {
      const fitted = drawing.add(`${stage.node}-fitted`, TRAINED_TRANSFORM, name, { node: stage.from.node, port: stage.from.port }, 1);
      drawing.down();
      const applied = drawing.add(stage.node, 'apply-transformation', name, {});
      drawing.wire({ node: fitted, port: 'transform' }, applied, 'transform');
      drawing.wire(end, applied, 'data');
      end = { node: applied, port: 'data' };
    } else {
      drawing.down();
      const changed = drawing.add(stage.node, COLUMN_CHANGES, name, { node: stage.node, steps: JSON.stringify(stage.steps) });
      drawing.wire(end, changed, 'data');
      end = { node: changed, port: 'data' };
    }
  }
  const scores = drawScore(drawing, walker, scoring, { end, score, label });
  drawing.down();
  const saved = drawing.add('scores', 'save-as-dataset', '', { name: `${training.name} scores`.replaceAll(/[\p{Cc}/\\]+/gu, '-').slice(0, 100) });
  drawing.wire(scores, saved, 'data');
  const parameters: DocumentParameter[] = [
    ...(origin.type === DATASET ? [{ name: 'dataset', description: 'The rows to score.', node: source, param: 'dataset' }] : []),
    { name: 'result', description: 'The dataset that the scores are saved as.', node: saved, param: 'name' },
  ];
  return {
    formatVersion: FORMAT_VERSION,
    name: `${training.name} (batch)`.slice(0, 200),
    description: `Made from “${training.name}”. Each run scores a dataset with what that pipeline fitted last.`,
    kind: 'batch',
    parameters,
    ...drawing.drawn(),
  };
}
