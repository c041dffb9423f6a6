import type pg from 'pg';

const LOCK = 1;

/** Commits of a PostgreSQL database that a test holds back for as long as it likes. */
export interface HeldCommits {
  /** Holds back every commit of rows that are added to that table. */
  of(table: string): Promise<void>;
  hold(): Promise<void>;
  letGo(): Promise<void>;
  /** How many stand still. */
  waiting(): Promise<number>;
}

/** @param admin a session of its own, which holds what the commits wait for */
export async function heldCommits(admin: pg.Client): Promise<HeldCommits> {
  await admin.query(`CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(${LOCK}); RETURN NULL; END'`);
  return {
    of: async (table) => {
      await admin.query(`CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON ${table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()`);
    },
    hold: async () => {
      await admin.query(`SELECT pg_advisory_lock(${LOCK})`);
    },
    letGo: async () => {
      await admin.query(`SELECT pg_advisory_unlock(${LOCK})`);
    },
    waiting: async () => {
      const { rows } = await admin.query(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE query = 'COMMIT' AND wait_event = 'advisory'`);
      return (rows as { n: number }[])[0]!.n;
    },
  };
}
