import { defineConfig } from 'drizzle-kit';

// After `npm run db:generate`, write STRICT behind every CREATE TABLE: drizzle-kit does not, and server/db/client.test.ts insists.
export default defineConfig({ dialect: 'sqlite', schema: './server/db/schema.ts', out: './server/db/migrations' });
