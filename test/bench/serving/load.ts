import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import autocannon from 'autocannon';

export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bodies that are sent in turn. */
  readonly bodies: readonly (string | Buffer)[];
  readonly connections: number;
  readonly seconds: number;
}

export interface Loaded {
  /** Requests a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** wrk costs the server, which shares the processors with it, far less than autocannon does. */
export const LOADED_BY: 'wrk' | 'autocannon' = hasWrk() ? 'wrk' : 'autocannon';

/** A closed load: each connection sends its next request when the one before is answered. Throws when any answer is not 200. */
export const closedLoad = (load: Load): Promise<Loaded> => (LOADED_BY === 'wrk' ? byWrk(load) : byAutocannon(load));

function hasWrk(): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v wrk'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function byAutocannon({ url, headers, bodies, connections, seconds }: Load): Promise<Loaded> {
  const requests = bodies.map((body) => ({ method: 'POST' as const, headers: { ...headers }, body }));
  const result = await autocannon({ url, connections, duration: seconds, requests });
  refuseErrors(result.non2xx, result.errors);
  return { rate: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 };
}

/** Requests are made before the load begins; at its end the script says what came of it. */
const script = (folder: string, headers: Load['headers'], count: number): string => `
local requests = {}
function init()
${Object.entries(headers)
  .map(([name, value]) => `  wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`)
  .join('\n')}
  for index = 0, ${count - 1} do
    local file = io.open("${folder}/" .. index, "rb")
    requests[index + 1] = wrk.format("POST", nil, nil, file:read("*all"))
    file:close()
  end
end
local turn = 0
function request()
  turn = turn % #requests + 1
  return requests[turn]
end
function done(summary, latency)
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format('\\n{"requests":%d,"microseconds":%d,"refused":%d,"lost":%d,"p50":%d,"p99":%d}\\n',
    summary.requests, summary.duration, errors.status, lost, latency:percentile(50), latency:percentile(99)))
end
`;

async function byWrk({ url, headers, bodies, connections, seconds }: Load): Promise<Loaded> {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-wrk-'));
  try {
    bodies.forEach((body, index) => writeFileSync(join(folder, String(index)), body));
    writeFileSync(join(folder, 'load.lua'), script(folder, headers, bodies.length));
    const { stdout } = await promisify(execFile)('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', join(folder, 'load.lua'), url]);
    const { requests, microseconds, refused, lost, p50, p99 } = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, number>;
    refuseErrors(refused!, lost!);
    return { rate: requests! / (microseconds! / 1e6), p50: p50! / 1e3, p99: p99! / 1e3 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function refuseErrors(refused: number, lost: number): void {
  if (refused > 0 || lost > 0) throw new Error(`Under load ${refused} answers were errors and ${lost} were lost.`);
}
