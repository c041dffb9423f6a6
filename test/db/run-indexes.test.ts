import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type Database } from '#server/db/client.ts';

let folder: string;
let db: Database;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-indexes-'));
  db = openDatabase(join(folder, 'modelwright.sqlite'));
});
afterAll(() => {
  db.$client.close();
  rmSync(folder, { recursive: true, force: true });
});

const planOf = (query: string): string =>
  (db.$client.prepare(`EXPLAIN QUERY PLAN ${query}`).all() as { detail: string }[]).map(({ detail }) => detail).join('\n');

const UNDER_WAY = `status IN ('queued', 'running', 'cancelling')`;

test('runs that are under way are found in an index of them alone, in the order of their numbers', () => {
  const plan = planOf(`SELECT id, number, pipeline_id AS pipelineId, priority, status FROM runs WHERE ${UNDER_WAY} ORDER BY number`);
  expect(plan).toBe('SCAN runs USING INDEX runs_under_way');
});

test('other questions about unfinished runs use an index too', () => {
  expect(planOf(`SELECT id FROM runs WHERE workspace_id = 'w' AND pipeline_id = 'p' AND ${UNDER_WAY}`)).toMatch(/^SEARCH runs USING INDEX runs_/);
  expect(planOf(`SELECT 1 FROM runs r WHERE r.workspace_id = 'w' AND r.${UNDER_WAY} AND instr(r.assets, 'x') > 0`)).toMatch(
    /USING INDEX runs_(of_status|under_way)/,
  );
  expect(planOf(`SELECT 1 FROM runs WHERE started_by_id = 's' AND ${UNDER_WAY}`)).toMatch(/USING INDEX runs_(started_by|under_way)/);
});

test('a run that is deleted finds the versions of datasets that it made without reading all', () => {
  expect(planOf(`UPDATE dataset_versions SET run_id = NULL WHERE run_id = 'r'`)).toMatch(
    /^SEARCH dataset_versions USING (COVERING )?INDEX dataset_versions_run/,
  );
});
