import { quoted, shellQuoted, type Language } from '#web/lib/program-text.ts';

export interface Call {
  /** Where calls go, whole. */
  readonly url: string;
  readonly token: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const bodyOf = ({ parameters }: Call): string => JSON.stringify({ parameters });

const SNIPPETS: Readonly<Record<Language, (call: Call) => string>> = {
  curl: (call) =>
    [
      `curl -X POST ${shellQuoted(call.url)}`,
      `  -H ${shellQuoted(`Authorization: Bearer ${call.token}`)}`,
      `  -H 'Content-Type: application/json'`,
      `  -H "Idempotency-Key: $(date +%F)"`,
      `  -d ${shellQuoted(bodyOf(call))}`,
    ].join(' \\\n'),
  python: (call) => `import json
import urllib.request
import uuid

request = urllib.request.Request(
    ${quoted(call.url)},
    data=json.dumps({"parameters": json.loads(${quoted(JSON.stringify(call.parameters))})}).encode(),
    headers={
        "Authorization": ${quoted(`Bearer ${call.token}`)},
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid.uuid4()),
    },
)
with urllib.request.urlopen(request) as response:
    run = json.load(response)
print(run["number"], run["url"])
`,
  typescript: (call) => `const response = await fetch(${quoted(call.url)}, {
  method: "POST",
  headers: {
    Authorization: ${quoted(`Bearer ${call.token}`)},
    "Content-Type": "application/json",
    "Idempotency-Key": crypto.randomUUID(),
  },
  body: JSON.stringify(${bodyOf(call)}),
});
if (!response.ok) throw new Error(await response.text());
const run = (await response.json()) as { id: string; number: number; url: string };
console.log(run.number, run.url);
`,
  csharp: (call) => `using System.Net.Http.Headers;
using System.Text;

using var client = new HttpClient();
client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ${quoted(call.token)});
client.DefaultRequestHeaders.Add("Idempotency-Key", Guid.NewGuid().ToString());
var body = new StringContent(${quoted(bodyOf(call))}, Encoding.UTF8, "application/json");
var response = await client.PostAsync(${quoted(call.url)}, body);
response.EnsureSuccessStatusCode();
Console.WriteLine(await response.Content.ReadAsStringAsync());
`,
  r: (call) => `library(httr2)

run <- request(${quoted(call.url)}) |>
  req_auth_bearer_token(${quoted(call.token)}) |>
  req_headers("Idempotency-Key" = format(Sys.time(), "%Y-%m-%dT%H:%M:%OS6")) |>
  req_body_raw(${quoted(bodyOf(call))}, type = "application/json") |>
  req_perform() |>
  resp_body_json()
cat(run$number, run$url, "\\n")
`,
};

/** A program that starts a run, ready to paste. */
export const snippet = (language: Language, call: Call): string => SNIPPETS[language](call);
