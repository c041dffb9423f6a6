import { Agent, request, type RequestOptions } from 'node:http';

export interface Planned {
  readonly options: RequestOptions;
  readonly body?: string;
}
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** From the planned time of sending to the whole answer, in ms. */
  readonly milliseconds: number;
  /** How much later than planned it was sent, in ms: the load's own share of that. */
  readonly late: number;
}

const MOST_IN_FLIGHT = 5_000;
/** As a proxy in front of the server would hold; more are asked for only by requests that wait, and their wait counts. All are used in turn. */
const CONNECTIONS = 64;
const LAST_ANSWER = 60_000;
const LONGEST_FILLING = 150_000;

/**
 * Sends requests at a fixed rate, whether or not earlier ones are answered (an open model), over connections that are kept.
 * A slow answer therefore delays no later request, and what waits for a stalled server is counted with the whole of its wait.
 * @param url of the server; loopback
 * @param rate requests a second
 * @throws when a request fails without an answer, or the answers do not come within a minute of the last request
 */
export async function openLoad(url: string, rate: number, count: number, plan: (index: number) => Planned): Promise<Answer[]> {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, maxFreeSockets: CONNECTIONS, scheduling: 'fifo' });
  const pending: Promise<Answer>[] = [];
  let open = 0;
  const began = performance.now() + 20;
  try {
    for (let index = 0; index < count; index++) {
      const planned = began + (index * 1_000) / rate;
      const wait = planned - performance.now();
      if (wait > 0.5) await new Promise((resolve) => setTimeout(resolve, wait));
      if (open >= MOST_IN_FLIGHT) throw new Error(`${open} requests wait for an answer.`);
      open++;
      const answer = send({ hostname, port, agent, ...plan(index).options }, plan(index).body, planned).finally(() => open--);
      // Looked at below; until then a failure is not unheard of.
      answer.catch(() => {});
      pending.push(answer);
    }
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(() => timeout.reject(new Error(`${open} requests were not answered.`)), LAST_ANSWER);
    try {
      return await Promise.race([Promise.all(pending), timeout.promise]);
    } finally {
      clearTimeout(timer);
    }
  } finally {
    agent.destroy();
  }
}

/** As many requests one after another on each of some connections (a closed model): for filling, not for figures. */
export async function closedLoad(url: string, connections: number, count: number, plan: (index: number) => Planned): Promise<Answer[]> {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' });
  const answers: Answer[] = [];
  const until = performance.now() + LONGEST_FILLING;
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      if (performance.now() > until) throw new Error(`Only ${answers.length} of ${count} requests were answered in ${LONGEST_FILLING / 1_000} s.`);
      const { options, body } = plan(next++);
      answers.push(await send({ hostname, port, agent, ...options }, body, performance.now()));
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, work));
    return answers;
  } finally {
    agent.destroy();
  }
}

function send(options: RequestOptions, body: string | undefined, planned: number): Promise<Answer> {
  const late = performance.now() - planned;
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (piece: string) => (text += piece));
      incoming.on('error', reject);
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text, milliseconds: performance.now() - planned, late }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
