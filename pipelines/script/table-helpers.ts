/** Python of tables: reading, queries; each part only where it is used. */
export const TABLE_HELPERS = {
  FOLDER: {
    imports: ['from pathlib import Path', 'import sys'],
    needs: [],
    code: `
# Where the data is: the folder given as first argument, else the present one.
FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(".")`,
  },
  read_table: {
    imports: ['import pandas as pd'],
    needs: ['FOLDER'],
    code: `
def read_table(name, texts=(), dates=()):
    """Reads NAME.parquet or NAME.csv. Only an empty cell is missing; columns in texts are read as they are written."""
    if (FOLDER / f"{name}.parquet").exists():
        return pd.read_parquet(FOLDER / f"{name}.parquet")
    types = {column: "object" for column in texts}
    return pd.read_csv(FOLDER / f"{name}.csv", dtype=types, parse_dates=list(dates), keep_default_na=False, na_values=[""])`,
  },
  query: {
    imports: ['import duckdb'],
    needs: [],
    code: `
def query(sql, **tables):
    """Runs SQL over tables by name."""
    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        return connection.execute(sql).df()`,
  },
  as_objects: {
    imports: ['import pandas as pd'],
    needs: [],
    code: `
def as_objects(table):
    """Text columns as Python objects with None where missing, whatever pandas made of them; numbers stay."""
    table = table.copy()
    for name in table:
        if not (pd.api.types.is_numeric_dtype(table[name]) or pd.api.types.is_bool_dtype(table[name])):
            table[name] = table[name].astype(object).where(table[name].notna(), None)
    return table`,
  },
} as const;
