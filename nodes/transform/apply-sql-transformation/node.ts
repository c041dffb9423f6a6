import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { findColumn, OPEN_TABLE, resultColumn, tableSchema } from '../../kit/table.ts';
import { promisedBy, queryIssue, tablesOf } from './check.ts';
import { combineStatements } from './statements.ts';

export const applySqlTransformation = defineNode({
  type: 'apply-sql-transformation',
  version: 1,
  title: 'Apply SQL Transformation',
  category: 'Data transformation',
  family: 'transform',
  icon: 'sql',
  summary: 'Runs an SQL query over up to three tables.',
  keywords: [
    'sql',
    'query',
    'select',
    'join',
    'filter',
    'group',
    'aggregate',
    'where',
    'duckdb',
    'union',
    'derive',
    'db query',
    'python script',
    'script',
    'code',
  ],
  inputs: {
    t1: { kind: 'table', title: 'Table1' },
    t2: { kind: 'table', title: 'Table2', optional: true },
    t3: { kind: 'table', title: 'Table3', optional: true },
  },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params: z.object({
    script: param.code({
      title: 'SQL query script',
      help: 'The tables are t1, t2 and t3. DuckDB’s SQL, close to PostgreSQL’s.',
      default: 'SELECT * FROM t1',
      language: 'sql',
      maximum: 100_000,
    }),
  }),
  deterministic: true,
  describe: ({ script }) => script.replaceAll(/\s+/g, ' ').trim().slice(0, 80),
  infer(inputs, { script }, assets) {
    const { t1 } = inputs;
    const combined = combineStatements(script);
    if ('issue' in combined) return { outputs: {}, issues: [combined.issue] };
    if (/^SELECT\s+\*\s+FROM\s+t1$/i.test(combined.query)) return { outputs: t1 ? { data: t1 } : {}, issues: [] };
    const check = t1 && assets.query?.(combined.query, tablesOf(inputs));
    if (!check) return { outputs: { data: OPEN_TABLE }, issues: [] };
    if ('code' in check) return { outputs: {}, issues: [queryIssue(check.code, check.message, combined, script)] };
    const promised = promisedBy(inputs);
    // Which columns hold missing values shows only in the data.
    const columns = check.columns.map(({ name, type }) => ({ ...resultColumn(name, type, findColumn(promised, name)), nullable: true }));
    return { outputs: { data: tableSchema(columns) }, issues: [] };
  },
  atScoring: () => ({
    as: 'refuse',
    reason:
      'An SQL query cannot become part of a model: it may join, group and leave out rows. Do what the query does before the data enters, so that a request already has its result, or use Select Columns, Edit Metadata and Clean Missing Data in its place.',
  }),
});
