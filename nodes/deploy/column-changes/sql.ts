import { quoteName, type ColumnStep } from '../../kit/define.ts';
import { withDerived } from '../../kit/expression/derive.ts';
import { readExpression } from '../../kit/expression/expression.ts';
import { compileToSql } from '../../kit/expression/sql.ts';
import { NodeError } from '../../kit/issues.ts';
import { castInSql } from '../../kit/onnx/cast.ts';
import type { TableSchema } from '../../kit/table.ts';

/** The steps as one query over `data`: each works on what the one before gives. A column that is not there, such as the label, is passed over. */
export function changesInSql(data: TableSchema, steps: readonly ColumnStep[]): string {
  let schema: TableSchema = { columns: data.columns, open: false };
  let query = 'SELECT * FROM data';
  const select = (columns: readonly { readonly name: string; readonly sql: string }[]): void => {
    query = `SELECT ${columns.map(({ name, sql }) => `${sql} AS ${quoteName(name)}`).join(', ')} FROM (${query})`;
  };
  const plain = () => schema.columns.map(({ name }) => ({ name, sql: quoteName(name) }));
  for (const step of steps) {
    if (step.do === 'keep') {
      const kept = new Set(step.columns);
      select(plain().filter(({ name }) => kept.has(name)));
      schema = { ...schema, columns: schema.columns.filter(({ name }) => kept.has(name)) };
    } else if (step.do === 'rename') {
      if (step.from === step.to || !schema.columns.some(({ name }) => name === step.from)) continue;
      const others = schema.columns.filter(({ name }) => name !== step.to);
      select(others.map(({ name }) => ({ name: name === step.from ? step.to : name, sql: quoteName(name) })));
      schema = { ...schema, columns: others.map((each) => (each.name === step.from ? { ...each, name: step.to } : each)) };
    } else if (step.do === 'cast') {
      const column = schema.columns.find(({ name }) => name === step.column);
      if (!column) continue;
      select(plain().map((each) => (each.name === step.column ? { ...each, sql: castInSql(each.sql, column.type, step.to) } : each)));
      schema = { ...schema, columns: schema.columns.map((each) => (each === column ? { ...each, type: step.to } : each)) };
    } else {
      const { typed, problems } = readExpression(step.expression, schema);
      if (!typed) throw new NodeError('column_missing', `“${step.name}” cannot be derived: ${problems[0]?.message ?? 'a column that it reads is not there.'}`);
      const sql = compileToSql(typed);
      const columns = plain();
      const at = columns.findIndex(({ name }) => name === step.name);
      select(at < 0 ? [...columns, { name: step.name, sql }] : columns.map((each, index) => (index === at ? { ...each, sql } : each)));
      schema = withDerived(schema, step.name, step.expression);
    }
  }
  return query;
}
