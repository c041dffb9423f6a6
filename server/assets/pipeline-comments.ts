import { and, asc, eq } from '../db/drizzle.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { pipelineComments } from '../db/schema.ts';
import { AppError, notFound } from '../errors.ts';
import type { Clock } from '../scheduler/clock.ts';
import { iso } from './pages.ts';
import type { Pipelines } from './pipelines.ts';

export interface Comment {
  readonly id: string;
  readonly author: string;
  readonly text: string;
  readonly createdAt: string;
  readonly editedAt: string | null;
}
/** What was said about a node, the first comment and the answers to it. */
export interface CommentThread extends Comment {
  /** The node's id in the document; the node may be gone. */
  readonly node: string;
  readonly resolved: { readonly by: string; readonly at: string } | null;
  readonly answers: readonly Comment[];
}

type Row = typeof pipelineComments.$inferSelect;

/** So many comments of a pipeline are read at once, and may be written. */
const MOST = 2_000;

/** What people say about the nodes of pipelines. */
export class PipelineComments {
  readonly #db: Database;
  readonly #pipelines: Pipelines;
  readonly #clock: Clock;

  constructor(db: Database, pipelines: Pipelines, clock: Clock) {
    this.#db = db;
    this.#pipelines = pipelines;
    this.#clock = clock;
  }

  /** All threads of a pipeline, the oldest first. @throws AppError 404 */
  list(workspaceId: string, pipelineId: string): CommentThread[] {
    const rows = this.#rows(workspaceId, pipelineId);
    const answers = Map.groupBy(rows, ({ threadId }) => threadId);
    return rows.filter(({ threadId }) => threadId === null).map((row) => threadView(row, answers.get(row.id) ?? []));
  }

  /** Begins a thread at a node. @throws AppError 404, 422 when the pipeline has too many */
  begin(workspaceId: string, pipelineId: string, { node, text, author }: { node: string; text: string; author: string }): CommentThread {
    return threadView(this.#insert(workspaceId, pipelineId, { node, text, author, threadId: null }), []);
  }

  /** Answers in a thread, which is open again thereby. @throws AppError 404, 422 when the pipeline has too many */
  answer(workspaceId: string, pipelineId: string, threadId: string, { text, author }: { text: string; author: string }): CommentThread {
    const thread = this.#row(workspaceId, pipelineId, threadId);
    if (thread.threadId !== null) throw notFound('comment', threadId);
    this.#insert(workspaceId, pipelineId, { node: thread.node, text, author, threadId });
    this.#set(threadId, { resolvedBy: null, resolvedAt: null });
    return this.#thread(workspaceId, pipelineId, threadId);
  }

  /** Changes the text of one's own comment, or settles a thread, or opens it again. @throws AppError 404, 403 for another's words */
  change(
    workspaceId: string,
    pipelineId: string,
    id: string,
    { text, resolved, by }: { text?: string | undefined; resolved?: boolean | undefined; by: string },
  ): CommentThread {
    const row = this.#row(workspaceId, pipelineId, id);
    if (text !== undefined && row.author !== by) throw notOwn();
    const now = this.#clock.now();
    this.#set(id, {
      ...(text === undefined ? {} : { text, editedAt: now }),
      ...(resolved === undefined || row.threadId !== null ? {} : { resolvedBy: resolved ? by : null, resolvedAt: resolved ? now : null }),
    });
    return this.#thread(workspaceId, pipelineId, row.threadId ?? id);
  }

  /** Removes one's own comment; of the first one the whole thread goes. @throws AppError 404, 403 for another's words */
  remove(workspaceId: string, pipelineId: string, id: string, by: string): void {
    if (this.#row(workspaceId, pipelineId, id).author !== by) throw notOwn();
    this.#db.delete(pipelineComments).where(eq(pipelineComments.id, id)).run();
  }

  #thread(workspaceId: string, pipelineId: string, id: string): CommentThread {
    const answers = this.#db.select().from(pipelineComments).where(eq(pipelineComments.threadId, id)).orderBy(asc(pipelineComments.id)).all();
    return threadView(this.#row(workspaceId, pipelineId, id), answers);
  }

  #set(id: string, values: Partial<Row>): void {
    if (Object.keys(values).length > 0) this.#db.update(pipelineComments).set(values).where(eq(pipelineComments.id, id)).run();
  }

  #insert(workspaceId: string, pipelineId: string, said: Pick<Row, 'node' | 'text' | 'author' | 'threadId'>): Row {
    if (this.#rows(workspaceId, pipelineId).length >= MOST)
      throw new AppError(422, `A pipeline has ${MOST.toLocaleString('en-US')} comments at most. Delete threads that are settled.`, { code: 'request_invalid' });
    const now = this.#clock.now();
    const row: Row = { id: newId(now), workspaceId, pipelineId, ...said, createdAt: now, editedAt: null, resolvedBy: null, resolvedAt: null };
    this.#db.insert(pipelineComments).values(row).run();
    return row;
  }

  #rows(workspaceId: string, pipelineId: string): Row[] {
    const { id } = this.#pipelines.get(workspaceId, pipelineId);
    return this.#db
      .select()
      .from(pipelineComments)
      .where(eq(pipelineComments.pipelineId, id))
      .orderBy(asc(pipelineComments.createdAt), asc(pipelineComments.id))
      .limit(MOST)
      .all();
  }

  #row(workspaceId: string, pipelineId: string, id: string): Row {
    const row = this.#db
      .select()
      .from(pipelineComments)
      .where(and(eq(pipelineComments.id, id), eq(pipelineComments.workspaceId, workspaceId), eq(pipelineComments.pipelineId, pipelineId)))
      .get();
    if (!row) throw notFound('comment', id);
    return row;
  }
}

const notOwn = (): AppError => new AppError(403, 'Only who wrote a comment can change or delete it.', { code: 'not_allowed' });

const commentView = ({ id, author, text, createdAt, editedAt }: Row): Comment => ({
  id,
  author,
  text,
  createdAt: iso(createdAt),
  editedAt: editedAt === null ? null : iso(editedAt),
});

const threadView = (row: Row, answers: readonly Row[]): CommentThread => ({
  ...commentView(row),
  node: row.node,
  resolved: row.resolvedBy === null || row.resolvedAt === null ? null : { by: row.resolvedBy, at: iso(row.resolvedAt) },
  answers: answers.map(commentView),
});
