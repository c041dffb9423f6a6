import { defineRun } from '../../kit/define.ts';
import type { EvaluationReport } from '../../kit/evaluation.ts';
import { NodeError } from '../../kit/issues.ts';
import { ASSIGNMENTS, SCORED_LABELS } from '../../kit/signature.ts';
import { findColumn, type Table } from '../../kit/table.ts';
import { evaluateClustering } from './clustering.server.ts';
import { evaluateMulticlass } from './multiclass.server.ts';
import { evaluateModel } from './node.ts';
import { evaluateRegression } from './regression.server.ts';
import { openScored, type Scored } from './rows.server.ts';
import { comparisonIssues, judgedAs } from './scored.ts';
import { evaluateTwoClass } from './two-class.server.ts';

export default defineRun(evaluateModel, async (inputs, { names, positive }, context) => {
  const wired = Object.keys(evaluateModel.inputs).flatMap((port) => {
    const table = inputs[port as keyof typeof inputs];
    return table ? [{ port, table }] : [];
  });
  const titles = titlesOf(wired, names);
  const tables = wired.map(({ port, table }, index) => openScored(table, port, titles[index]!));
  const [mixed] = comparisonIssues(tables.map(({ table, port }) => ({ port, schema: { ...table.schema, open: false } })));
  if (mixed) throw new NodeError(mixed.code, mixed.message);
  context.signal.throwIfAborted();
  return { report: await evaluate(tables, positive.trim()) };
});

function evaluate(tables: readonly Scored[], positive: string): Promise<EvaluationReport> {
  switch (judgedAs(tables[0]!.task)) {
    case 'two-class':
      return evaluateTwoClass(tables, positive);
    case 'multiclass':
      return evaluateMulticlass(tables);
    case 'regression':
      return evaluateRegression(tables);
    case 'clustering':
      return evaluateClustering(tables);
  }
}

/** The names given, else the titles of the models that made the scores, else of the ports; equal ones are counted. */
function titlesOf(wired: readonly { readonly port: string; readonly table: Table }[], given: string): string[] {
  const names = given.split(',').map((each) => each.trim());
  const titles = wired.map(({ port, table: { schema } }, index) => {
    const score = findColumn(schema, SCORED_LABELS) ?? findColumn(schema, ASSIGNMENTS);
    return names[index] || score?.model?.title || evaluateModel.inputs[port as keyof typeof evaluateModel.inputs].title;
  });
  const seen = new Map<string, number>();
  return titles.map((title) => {
    const before = seen.get(title) ?? 0;
    seen.set(title, before + 1);
    return before === 0 ? title : `${title} (${before + 1})`;
  });
}
