import type { Client } from '#test/support/client.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { openLoad, type Answer, type Planned } from './open-load.ts';

export const savePipeline = async (client: Client, document: PipelineDocument): Promise<string> =>
  (await client.post<{ id: string }>('/pipelines', { document })).id;

/** A trigger of the pipeline, as requests to it: each with the run parameters that it is given. */
export async function triggerOf(client: Client, pipelineId: string): Promise<(parameters: Record<string, unknown>) => Planned> {
  const { token, url } = await client.post<{ token: string; url: string }>('/triggers', { name: 'Load', pipelineId });
  return (parameters) => {
    const body = JSON.stringify({ parameters });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    return { options: { method: 'POST', path: url, headers }, body };
  };
}

const WARM_UP = 100;
const WARM_UP_RATE = 50;

/** Calls the trigger for a while, so that step processes are there and the code has been seen; gives the ids of the runs. */
export const warmUp = async (url: string, call: (salt: number) => Planned): Promise<string[]> =>
  accepted(await openLoad(url, WARM_UP_RATE, WARM_UP, (index) => call(-1 - index)));

/** Ids of the runs that were accepted. Throws when one was not. */
export function accepted(answers: readonly Answer[]): string[] {
  const refused = answers.filter((answer) => answer.status !== 202);
  if (refused.length > 0) throw new Error(`${refused.length} of ${answers.length} calls of the trigger were refused: ${refused[0]!.text}`);
  return answers.map((answer) => (JSON.parse(answer.text) as { id: string }).id);
}

interface RunItem {
  readonly id: string;
  readonly status: string;
}

/** All runs of a pipeline, page by page. */
export async function allRuns(client: Client, pipelineId: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let cursor = '';
  for (let page = 0; page < 1_000; page++) {
    const { items, nextCursor } = await client.get<{ items: RunItem[]; nextCursor: string | null }>(`/runs?pipeline=${pipelineId}&limit=200${cursor}`);
    for (const { id, status } of items) found.set(id, status);
    if (nextCursor === null) return found;
    cursor = `&cursor=${nextCursor}`;
  }
  throw new Error('The list of runs has no end.');
}

/** Throws when a run that was accepted is not in the list. */
export function noneLost(ids: readonly string[], found: ReadonlyMap<string, string>): void {
  if (new Set(ids).size !== ids.length) throw new Error('Two calls were answered with the same run.');
  const lost = ids.filter((id) => !found.has(id));
  if (lost.length > 0) throw new Error(`${lost.length} of ${ids.length} accepted runs are lost; the first is ${lost[0]}.`);
}
