export type Language = 'curl' | 'python' | 'typescript';
type Value = string | number | boolean | null;
export type Row = Readonly<Record<string, Value>>;

export interface Call {
  /** Scheme, host and port, such as `https://models.example.com`. */
  readonly origin: string;
  /** Path of the score route. */
  readonly path: string;
  readonly key: string;
  readonly row: Row;
}

/** In single quotes for a POSIX shell. */
const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** JSON over several lines, one column each. */
export function rowText(row: Row, indent = '  '): string {
  const fields = Object.entries(row).map(([name, value]) => `${indent}  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return fields.length === 0 ? `${indent}{}` : `${indent}{\n${fields.join(',\n')}\n${indent}}`;
}

/** The body that every snippet sends: a list of rows. */
export const bodyText = (row: Row): string => `[\n${rowText(row)}\n]`;

/** A Python literal; JSON's strings are Python's too, but for astral characters written as escapes, which JSON.stringify does not make. */
const python = (value: Value): string => (value === null ? 'None' : value === true ? 'True' : value === false ? 'False' : JSON.stringify(value));

function curl({ origin, path, key, row }: Call): string {
  return [
    `curl ${shellQuoted(origin + path)}`,
    `  -H ${shellQuoted(`Authorization: Bearer ${key}`)}`,
    `  -H 'Content-Type: application/json'`,
    `  -d ${shellQuoted(bodyText(row))}`,
  ].join(' \\\n');
}

function pythonText({ origin, path, key, row }: Call): string {
  const fields = Object.entries(row).map(([name, value]) => `        ${JSON.stringify(name)}: ${python(value)},`);
  return `import json
import urllib.request

rows = [
    {
${fields.join('\n')}
    },
]
request = urllib.request.Request(
    ${JSON.stringify(origin + path)},
    data=json.dumps(rows).encode(),
    headers={
        "Authorization": ${JSON.stringify(`Bearer ${key}`)},
        "Content-Type": "application/json",
    },
)
with urllib.request.urlopen(request) as response:
    for result in json.load(response)["results"]:
        print(result)
`;
}

function typescript({ origin, path, key, row }: Call): string {
  return `const rows = ${bodyText(row)};

const response = await fetch(${JSON.stringify(origin + path)}, {
  method: "POST",
  headers: {
    Authorization: ${JSON.stringify(`Bearer ${key}`)},
    "Content-Type": "application/json",
  },
  body: JSON.stringify(rows),
});
if (!response.ok) throw new Error(await response.text());
const { results } = (await response.json()) as { results: Record<string, unknown>[] };
console.log(results);
`;
}

/** A program that scores one row, ready to paste. */
export function snippet(language: Language, call: Call): string {
  return language === 'curl' ? curl(call) : language === 'python' ? pythonText(call) : typescript(call);
}

/** A shell line that starts a trigger's run. */
export function triggerCurl(origin: string, path: string, token: string, parameters: Readonly<Record<string, unknown>> = {}): string {
  return [
    `curl -X POST ${shellQuoted(origin + path)}`,
    `  -H ${shellQuoted(`Authorization: Bearer ${token}`)}`,
    `  -H 'Content-Type: application/json'`,
    `  -d ${shellQuoted(JSON.stringify({ parameters }))}`,
  ].join(' \\\n');
}
