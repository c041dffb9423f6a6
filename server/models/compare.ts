import type { Signature } from '#nodes/kit/signature.ts';
import type { ModelDataset } from '../db/schema/models.ts';
import type { ModelVersion } from './views.ts';

/** A line of a comparison: one value a version, null where it has none. */
export interface ComparedLine<T> {
  readonly name: string;
  readonly values: readonly (T | null)[];
  readonly differs: boolean;
}
/** Versions of a model beside each other. */
export interface ModelComparison {
  readonly versions: readonly Pick<ModelVersion, 'version' | 'aliases' | 'task' | 'learner' | 'headline' | 'createdAt' | 'runId' | 'runNumber'>[];
  /** Of the first evaluation of each. */
  readonly metrics: readonly ComparedLine<number>[];
  readonly parameters: readonly ComparedLine<unknown>[];
  /** Types of the columns that they take. */
  readonly inputs: readonly ComparedLine<string>[];
  readonly outputs: readonly ComparedLine<string>[];
  /** Numbers of the dataset versions that they learned from. */
  readonly datasets: readonly ComparedLine<number>[];
  readonly rowCounts: readonly number[];
}

/** Lays versions beside each other: figures, parameters of the learner, signature and data. Pure. */
export function compareVersions(versions: readonly ModelVersion[]): ModelComparison {
  return {
    versions: versions.map(({ version, aliases, task, learner, headline, createdAt, runId, runNumber }) => ({
      ...{ version, aliases, task, learner, headline, createdAt, runId, runNumber },
    })),
    metrics: lines(versions.map((each) => Object.entries(each.evaluations[0]?.metrics ?? {}))),
    parameters: lines(versions.map((each) => Object.entries(each.summary.params))),
    inputs: lines(versions.map((each) => inputsOf(each.signature))),
    outputs: lines(versions.map((each) => each.signature.outputs.map(({ name, type }): [string, string] => [name, type]))),
    datasets: lines(versions.map((each) => each.datasets.map(({ name, version }: ModelDataset): [string, number] => [name, version]))),
    rowCounts: versions.map((each) => each.summary.rowCount),
  };
}

const inputsOf = ({ inputs }: Signature): [string, string][] => inputs.map(({ name, type, required }) => [name, required ? type : `${type}, optional`]);

function lines<T>(columns: readonly (readonly (readonly [string, T])[])[]): ComparedLine<T>[] {
  const names = [...new Set(columns.flatMap((column) => column.map(([name]) => name)))];
  const maps = columns.map((column) => new Map(column));
  return names.map((name) => {
    const values = maps.map((map) => map.get(name) ?? null);
    const texts = new Set(values.map((value) => JSON.stringify(value)));
    return { name, values, differs: texts.size > 1 };
  });
}
