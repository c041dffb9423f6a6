import type { ColumnStep } from '#nodes/kit/define.ts';
import { parse } from '#nodes/kit/expression/parse.ts';
import { columnsRead } from '#nodes/kit/expression/tree.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { FoundStage } from './walk.ts';

/** The name that the label had at the source, given its name at the model: renames undone. */
export function labelAtSource(stages: readonly FoundStage[], label: string): string {
  let name = label;
  for (const stage of stages.toReversed()) {
    if (stage.as !== 'columns') continue;
    for (const step of stage.steps.toReversed()) if (step.do === 'rename' && step.to === name) name = step.from;
  }
  return name;
}

/** The same stages as a request takes them, which has no label: steps on the label go. */
export function withoutLabel(stages: readonly FoundStage[], labelBefore: string): FoundStage[] {
  let label = labelBefore;
  return stages.map((stage) => {
    if (stage.as !== 'columns') return stage;
    const steps: ColumnStep[] = [];
    for (const step of stage.steps) {
      if (step.do === 'keep') steps.push({ do: 'keep', columns: step.columns.filter((name) => name !== label) });
      else if (step.do === 'rename') {
        if (step.from === label) label = step.to;
        else steps.push(step);
      } else if (step.do === 'cast') {
        if (step.column !== label) steps.push(step);
      } else if (step.name !== label && !columnsOf(step.expression).has(label)) steps.push(step);
    }
    return { ...stage, steps };
  });
}

/** The source's columns that a request must hold: without the label, and without those that are dropped before anything uses them. */
export function requestColumns(source: TableSchema, stages: readonly FoundStage[], label: string | undefined): TableSchema {
  /** Name now → names at the source that it is made of. */
  let names = new Map(source.columns.filter((each) => each.name !== label).map((each) => [each.name, [each.name]]));
  for (const stage of stages) {
    if (stage.as === 'graph') break;
    if (stage.as !== 'columns') continue;
    for (const step of stage.steps) {
      if (step.do === 'keep') {
        const kept = new Set(step.columns);
        names = new Map([...names].filter(([name]) => kept.has(name)));
      } else if (step.do === 'rename') {
        const origin = names.get(step.from);
        if (origin === undefined) continue;
        names.delete(step.from);
        names.set(step.to, origin);
      } else if (step.do === 'derive')
        names.set(
          step.name,
          [...columnsOf(step.expression)].flatMap((name) => names.get(name) ?? []),
        );
    }
  }
  const wanted = new Set([...names.values()].flat());
  return { columns: source.columns.filter((each) => wanted.has(each.name)), open: false };
}

function columnsOf(expression: string): Set<string> {
  const parsed = parse(expression);
  return 'tree' in parsed ? columnsRead(parsed.tree) : new Set();
}
