import { columnNames, isMissingCell, numberOfCell, typeOfCell } from './cells.ts';
import { DelimitedTextError, parseRecords, tooManyCells, type DelimitedTable } from './csv.ts';
import { column, isTextual, tableSchema, type ColumnType, type ColumnValues } from './table.ts';

const ATTRIBUTE = /^@attribute\s+(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\S+))\s+(.+)$/i;
const TYPES: Readonly<Record<string, ColumnType>> = { numeric: 'number', real: 'number', integer: 'integer', date: 'datetime', string: 'text' };

/** Reads the dense form of ARFF (Weka): `@attribute` lines, then `@data`. Names in braces are a category, `?` is missing, `%` a comment. */
export function readArff(text: string): DelimitedTable {
  const names: string[] = [];
  const types: ColumnType[] = [];
  const rows: (readonly string[])[] = [];
  let inData = false;
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = raw.trim();
    const number = index + 1;
    if (line === '' || line.startsWith('%')) continue;
    if (inData) rows.push(dataRow(line, number, names.length));
    else if (/^@data\b/i.test(line)) inData = true;
    else if (/^@attribute\b/i.test(line)) {
      const match = ATTRIBUTE.exec(line);
      const kind = match?.[4]?.trim() ?? '';
      const type = kind.startsWith('{') ? 'category' : TYPES[kind.split(/\s/)[0]!.toLowerCase()];
      if (!match || !type)
        throw new DelimitedTextError(
          number,
          `Line ${number} is no attribute that can be read: write @attribute, a name, and numeric, integer, date, string or {a, b}.`,
        );
      names.push(match[1] ?? match[2] ?? match[3]!);
      types.push(type);
    } else if (!/^@relation\b/i.test(line)) throw new DelimitedTextError(number, `Line ${number}: expected @relation, @attribute or @data.`);
  }
  if (!inData || names.length === 0) throw new DelimitedTextError(1, 'ARFF needs @attribute lines and then @data.');
  const columns = new Map<string, ColumnValues>();
  const unique = columnNames(names);
  const schema = unique.map((name, index) => {
    const type = types[index]!;
    const cells = rows.map((row) => row[index] ?? '');
    columns.set(
      name,
      isTextual(type) ? cells.map((cell) => (isMissingCell(cell) ? null : cell)) : Float64Array.from(cells, (cell, row) => numeric(cell, type, name, row + 1)),
    );
    return column(name, type, { nullable: cells.some(isMissingCell) });
  });
  return { schema: tableSchema(schema), columns, rowCount: rows.length, shortLines: rows.filter((row) => row.length < names.length).length };
}

function dataRow(line: string, number: number, width: number): readonly string[] {
  if (line.startsWith('{'))
    throw new DelimitedTextError(number, `Line ${number} is sparse ARFF ({index value, …}), which is not read. Write all values of the row.`);
  const quoted = line
    .replaceAll(/'((?:[^'\\]|\\.)*)'/g, (_, inner: string) => `"${inner.replaceAll(/\\(.)/g, '$1').replaceAll('"', '""')}"`)
    .replaceAll(/,\s+"/g, ',"');
  const cells = parseRecords(quoted, ',')[0]?.cells.map((cell) => cell.trim()) ?? [];
  if (cells.length > width) throw new DelimitedTextError(number, tooManyCells(number, cells.length, width));
  return cells;
}

function numeric(cell: string, type: ColumnType, name: string, row: number): number {
  if (isMissingCell(cell)) return NaN;
  const found = typeOfCell(cell);
  const fits = type === 'number' ? found === 'number' || found === 'integer' : found === type;
  if (!fits) throw new DelimitedTextError(row, `Row ${row} of “${name}” is “${cell.slice(0, 40)}”, which is no ${type}.`);
  return numberOfCell(cell, type);
}
