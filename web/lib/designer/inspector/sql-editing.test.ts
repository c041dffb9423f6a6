import { describe, expect, it } from 'vitest';
import { tableOf } from '#nodes/kit/table.ts';
import { completeSql, sqlName } from './sql-editing.ts';

const tables = {
  t1: tableOf({ city: ['Oslo'], 'unit "price"': [1], order: [1], Größe: [1] }).schema,
  t2: tableOf({ country: ['Norway'] }).schema,
  t3: undefined,
};
const at = (text: string, asked = false) => completeSql(text.replace('|', ''), text.indexOf('|'), asked, tables);
const applied = (text: string, asked = false) => at(text, asked)?.options.map(({ label, apply }) => apply ?? label);

describe('completion of SQL', () => {
  it('offers tables and their columns, quoted where that is needed', () => {
    expect(applied('SELECT c| FROM t1')).toEqual(['t1', 't2', 'city', '"unit ""price"""', '"order"', '"Größe"', 'country']);
    expect(at('SELECT c| FROM t1')!.from).toBe(7);
  });

  it('offers only tables after FROM and JOIN', () => {
    expect(applied('SELECT * FROM |', true)).toEqual(['t1', 't2']);
    expect(applied('SELECT * FROM t1 JOIN t|')).toEqual(['t1', 't2']);
  });

  it('offers the columns of the table before the point, also by its other name', () => {
    expect(applied('SELECT t2.| FROM t1, t2')).toEqual(['country']);
    expect(applied('SELECT x.c| FROM t1 JOIN t2 AS x ON true')).toEqual(['country']);
    expect(at('SELECT unknown.| FROM t1')).toBeNull();
  });

  it('goes on with a quoted name', () => {
    const found = at('SELECT "uni| FROM t1')!;
    expect(found.from).toBe(7);
    expect(found.options.map(({ apply }) => apply)).toContain('"unit ""price"""');
  });

  it('is quiet in texts and comments, and where nothing is begun', () => {
    for (const text of ["SELECT 'ci|", 'SELECT 1 -- ci|', 'SELECT /* ci|', 'SELECT |']) expect(at(text)).toBeNull();
    expect(applied("SELECT 'it''s', ci| FROM t1")).toContain('city');
    expect(applied('SELECT |', true)).toContain('city');
  });

  it('quotes words of the language', () => {
    expect([sqlName('Select'), sqlName('a b'), sqlName('a"b'), sqlName('Age'), sqlName('1st')]).toEqual(['"Select"', '"a b"', '"a""b"', 'Age', '"1st"']);
  });
});
