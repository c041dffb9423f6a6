import { integer, sqliteTable, text } from '../drizzle.ts';

export const workspaces = sqliteTable('workspaces', {
  id: text().primaryKey(),
  name: text().notNull(),
  createdAt: integer('created_at').notNull(),
});

export const id = () => text().primaryKey();
export const createdAt = () => integer('created_at').notNull();
export const workspaceId = () =>
  text('workspace_id')
    .notNull()
    .references(() => workspaces.id, { onDelete: 'cascade' });
