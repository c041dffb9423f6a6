export interface Comment {
  readonly id: string;
  readonly author: string;
  readonly text: string;
  readonly createdAt: string;
  readonly editedAt: string | null;
}
/** What was said about a node: the first comment, and the answers to it. */
export interface CommentThread extends Comment {
  readonly node: string;
  readonly resolved: { readonly by: string; readonly at: string } | null;
  readonly answers: readonly Comment[];
}
