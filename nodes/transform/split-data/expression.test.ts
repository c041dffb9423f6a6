import { expect, it } from 'vitest';
import { column, tableSchema } from '../../kit/table.ts';
import { regularInSql, relativeInSql } from './expression.ts';

const schema = tableSchema([column('year', 'integer'), column('city', 'category')]);

it.each([
  [regularInSql, '\\"city" ^(Os', 'The pattern cannot be read: Unterminated group.'],
  [regularInSql, 'city ^Os', 'Begin with the column: \\"name", or (\\0) for the first one.'],
  [relativeInSql, '\\"year" > soon', '“year” holds numbers; compare it with one, not with “soon”.'],
  [relativeInSql, '\\"year" > 2000 &', 'Write a comparison such as > 2010 at the end. Operators are < > <= >= == !=.'],
  [relativeInSql, '\\"yeer" > 2000', 'The table has no column “yeer”. Did you mean “year”?'],
])('says what to write instead', (read, text, message) => expect(read(text, schema).issues.map((issue) => issue.message)).toEqual([message]));
