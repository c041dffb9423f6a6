/** Callers that score one row after the other until they are told to stop. */
export interface ScoringLoad {
  /** How often each status came, and under which deployment's name. */
  readonly statuses: Map<number | string, number>;
  readonly deployments: Map<string, number>;
  /** Milliseconds of each answer. */
  readonly latencies: number[];
  /** Waits until so many more have been answered. */
  more(count: number): Promise<void>;
  stop(): Promise<void>;
}

export function scoringLoad(url: string, { key, row, callers = 4 }: { key: string; row: unknown; callers?: number }): ScoringLoad {
  const [statuses, deployments, latencies] = [new Map<number | string, number>(), new Map<string, number>(), [] as number[]];
  const count = <K>(counts: Map<K, number>, of: K): void => void counts.set(of, (counts.get(of) ?? 0) + 1);
  let going = true;
  let answered = 0;
  let waiting: { at: number; done: () => void } | null = null;
  const call = async (): Promise<void> => {
    while (going) {
      const began = performance.now();
      try {
        const answer = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
          body: JSON.stringify([row]),
        });
        const told = (await answer.json()) as { deployment?: string };
        count(statuses, answer.status);
        if (told.deployment) count(deployments, told.deployment);
      } catch (error) {
        count(statuses, error instanceof Error ? String((error.cause as { code?: string } | undefined)?.code ?? error.message) : 'failed');
      }
      latencies.push(performance.now() - began);
      answered++;
      if (waiting && answered >= waiting.at) waiting.done();
    }
  };
  const all = Array.from({ length: callers }, call);
  return {
    statuses,
    deployments,
    latencies,
    more: (more) => new Promise((done) => (waiting = { at: answered + more, done })),
    async stop() {
      going = false;
      await Promise.all(all);
    },
  };
}
