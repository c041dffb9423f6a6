import { quoted, shellQuoted, type Language } from '#web/lib/program-text.ts';

export const PROTOCOLS = [
  { value: 'rows', label: 'Rows' },
  { value: 'open-inference', label: 'Open Inference' },
  { value: 'mlflow', label: 'MLflow' },
] as const;
export type Protocol = (typeof PROTOCOLS)[number]['value'];
type Value = string | number | boolean | null;
export type Row = Readonly<Record<string, Value>>;

export interface Call {
  /** Scheme, host and port, such as `https://models.example.com`. */
  readonly origin: string;
  readonly endpoint: string;
  readonly key: string;
  readonly row: Row;
  /** Rows where it is left out. */
  readonly protocol?: Protocol;
}

type Json = Value | readonly Json[] | { readonly [name: string]: Json };

/** JSON over several lines, one column each. */
export function rowText(row: Row, indent = '  '): string {
  const fields = Object.entries(row).map(([name, value]) => `${indent}  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return fields.length === 0 ? `${indent}{}` : `${indent}{\n${fields.join(',\n')}\n${indent}}`;
}

/** A list of rows, as people edit it. */
export const bodyText = (row: Row): string => `[\n${rowText(row)}\n]`;

/** A column of one row as a tensor; missing is the empty text, or no input at all for a number. */
const tensorOf = (name: string, value: string | number | boolean): Json => ({
  name,
  shape: [1],
  datatype: typeof value === 'string' ? 'BYTES' : typeof value === 'boolean' ? 'BOOL' : 'FP64',
  data: [value],
});

function tensorsOf(row: Row): Json {
  return Object.entries(row).flatMap(([name, value]) => (value === null ? [] : [tensorOf(name, value)]));
}

/** What each protocol sends, where to, and what its answer holds the results under. */
const FORMS: Readonly<Record<Protocol, { path: (endpoint: string) => string; body: (row: Row) => Json; results: string }>> = {
  rows: { path: (endpoint) => `/api/v1/endpoints/${endpoint}/score`, body: (row) => [row], results: 'results' },
  'open-inference': {
    path: (endpoint) => `/endpoints/${endpoint}/v2/models/${endpoint}/infer`,
    body: (row) => ({ inputs: tensorsOf(row) }),
    results: 'outputs',
  },
  mlflow: { path: (endpoint) => `/endpoints/${endpoint}/invocations`, body: (row) => ({ dataframe_records: [row] }), results: 'predictions' },
};

/** JSON with lists of plain values in a line. */
function jsonText(value: Json, indent = ''): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return written(value, indent, (name) => JSON.stringify(name), jsonText, '');
}

/** A Python literal; JSON's strings are Python's too, but for astral characters written as escapes, which JSON.stringify does not make. */
function pythonText(value: Json, indent = ''): string {
  if (value === null || typeof value === 'boolean') return value === null ? 'None' : value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  return written(value, indent, (name) => JSON.stringify(name), pythonText, ',');
}

function written(value: object, indent: string, key: (name: string) => string, text: (value: Json, indent: string) => string, last: string): string {
  const inner = `${indent}  `;
  const list = Array.isArray(value);
  const entries = Object.entries(value as Record<string, Json>);
  if (entries.length === 0) return list ? '[]' : '{}';
  if (list && entries.every(([, each]) => each === null || typeof each !== 'object')) return `[${entries.map(([, each]) => text(each, inner)).join(', ')}]`;
  const lines = entries.map(([name, each]) => `${inner}${list ? '' : `${key(name)}: `}${text(each, inner)}`);
  return `${list ? '[' : '{'}\n${lines.join(',\n')}${last}\n${indent}${list ? ']' : '}'}`;
}

interface Said {
  readonly url: string;
  readonly key: string;
  readonly body: Json;
  readonly results: string;
}

const SNIPPETS: Readonly<Record<Language, (said: Said) => string>> = {
  curl: ({ url, key, body }) =>
    [
      `curl ${shellQuoted(url)}`,
      `  -H ${shellQuoted(`Authorization: Bearer ${key}`)}`,
      `  -H 'Content-Type: application/json'`,
      `  -d ${shellQuoted(jsonText(body))}`,
    ].join(' \\\n'),
  python: ({ url, key, body, results }) => `import json
import urllib.request

body = ${pythonText(body)}
request = urllib.request.Request(
    ${JSON.stringify(url)},
    data=json.dumps(body).encode(),
    headers={
        "Authorization": ${JSON.stringify(`Bearer ${key}`)},
        "Content-Type": "application/json",
    },
)
with urllib.request.urlopen(request) as response:
    for result in json.load(response)[${JSON.stringify(results)}]:
        print(result)
`,
  typescript: ({ url, key, body, results }) => `const body = ${jsonText(body)};

const response = await fetch(${JSON.stringify(url)}, {
  method: "POST",
  headers: {
    Authorization: ${JSON.stringify(`Bearer ${key}`)},
    "Content-Type": "application/json",
  },
  body: JSON.stringify(body),
});
if (!response.ok) throw new Error(await response.text());
const { ${results} } = (await response.json()) as { ${results}: Record<string, unknown>[] };
console.log(${results});
`,
  csharp: ({ url, key, body }) => `using System.Net.Http.Headers;
using System.Text;

using var client = new HttpClient();
client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ${quoted(key)});
var body = ${quoted(JSON.stringify(body))};
var response = await client.PostAsync(${quoted(url)}, new StringContent(body, Encoding.UTF8, "application/json"));
response.EnsureSuccessStatusCode();
Console.WriteLine(await response.Content.ReadAsStringAsync());
`,
  r: ({ url, key, body, results }) => `library(httr2)

answer <- request(${quoted(url)}) |>
  req_auth_bearer_token(${quoted(key)}) |>
  req_body_raw(${quoted(JSON.stringify(body))}, type = "application/json") |>
  req_perform() |>
  resp_body_json()
str(answer$${results})
`,
};

/** A program that scores one row, ready to paste. */
export function snippet(language: Language, { origin, endpoint, key, row, protocol = 'rows' }: Call): string {
  const { path, body, results } = FORMS[protocol];
  return SNIPPETS[language]({ url: origin + path(encodeURIComponent(endpoint)), key, body: body(row), results });
}
