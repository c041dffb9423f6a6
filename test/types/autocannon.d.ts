declare module 'autocannon' {
  interface Result {
    readonly requests: { readonly average: number };
    readonly latency: { readonly p50: number; readonly p99: number };
    readonly non2xx: number;
    readonly errors: number;
  }
  export default function autocannon(options: {
    readonly url: string;
    readonly method?: 'GET' | 'POST';
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly connections: number;
    readonly duration: number;
    /** Sent in turn. */
    readonly requests?: readonly { readonly method: 'GET' | 'POST'; readonly headers: Readonly<Record<string, string>>; readonly body: string | Buffer }[];
  }): Promise<Result>;
}
