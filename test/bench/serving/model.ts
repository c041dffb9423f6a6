import type { Client } from '#test/support/client.ts';
import { deployTable, type DeployedTable } from '#test/support/endpoint.ts';
import { makeClassification, type Classification } from '../learning/make-classification.ts';

export const COLUMNS = 28;
const ROWS = 4_000;

export interface Deployed extends DeployedTable {
  readonly data: Classification;
  /** A row of numbers as a request sends it. */
  readonly row: (index: number) => Record<string, number>;
}

/** 28 numbers, a hundred boosted trees (or another learner), and an endpoint. */
export async function deployModel(client: Client, endpoint: string, learner = 'two-class-boosted-decision-tree'): Promise<Deployed> {
  const data = makeClassification(ROWS, COLUMNS);
  const names = data.columns.map((_, index) => `x${index}`);
  const lines = Array.from({ length: ROWS }, (_, row) => [...data.columns.map((column) => column[row]), data.targets[row]].join(','));
  const deployed = await deployTable(client, endpoint, [[...names, 'y'].join(','), ...lines].join('\n'), { label: 'y', learner });
  const row = (index: number) => Object.fromEntries(data.columns.map((column, place) => [names[place], column[index % ROWS]!]));
  return { ...deployed, data, row };
}
