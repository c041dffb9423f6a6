import type { CommentThread } from '../../api-comment-types.ts';
import type { Api } from '../../api.ts';

const NONE: readonly CommentThread[] = [];

/** What people say about the nodes of the open pipeline. It is no part of the document: nothing is saved, run or undone by it. */
export class Comments {
  threads = $state.raw<readonly CommentThread[]>(NONE);
  readonly #byNode: ReadonlyMap<string, readonly CommentThread[]> = $derived(Map.groupBy(this.threads, ({ node }) => node));
  readonly #open: ReadonlyMap<string, number> = $derived(
    new Map([...this.#byNode].map(([node, threads]) => [node, threads.filter(({ resolved }) => resolved === null).length])),
  );
  readonly #api: Api['pipelines']['comments'];
  readonly #pipeline: string;
  /** Counts the questions: an answer to an earlier one counts no more. */
  #asked = 0;

  constructor(api: Api, pipeline: string) {
    this.#api = api.pipelines.comments;
    this.#pipeline = pipeline;
  }

  /** The threads of a node, the oldest first. */
  of(node: string): readonly CommentThread[] {
    return this.#byNode.get(node) ?? NONE;
  }

  /** How many threads of a node are not settled. */
  openOf(node: string): number {
    return this.#open.get(node) ?? 0;
  }

  async load(): Promise<void> {
    const question = ++this.#asked;
    const { items } = await this.#api.list(this.#pipeline);
    if (question === this.#asked) this.threads = items;
  }

  async begin(node: string, text: string): Promise<void> {
    this.#take(await this.#api.begin(this.#pipeline, node, text));
  }

  async answer({ id }: CommentThread, text: string): Promise<void> {
    this.#take(await this.#api.answer(this.#pipeline, id, text));
  }

  async resolve({ id }: CommentThread, resolved: boolean): Promise<void> {
    this.#take(await this.#api.change(this.#pipeline, id, { resolved }));
  }

  async edit(comment: string, text: string): Promise<void> {
    this.#take(await this.#api.change(this.#pipeline, comment, { text }));
  }

  async remove(comment: string): Promise<void> {
    await this.#api.remove(this.#pipeline, comment);
    await this.load();
  }

  #take(thread: CommentThread): void {
    this.#asked++;
    const known = this.threads.some(({ id }) => id === thread.id);
    this.threads = known ? this.threads.map((each) => (each.id === thread.id ? thread : each)) : [...this.threads, thread];
  }
}
