import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Commits } from './commits.ts';

let client: Sqlite.Database;
let commits: Commits;
const lost = (error: Error): void => {
  throw error;
};
beforeEach(() => {
  client = new Sqlite(':memory:');
  client.exec('CREATE TABLE rows (value INTEGER PRIMARY KEY) STRICT');
  commits = new Commits(client, lost);
});
afterEach(() => client.close());

const insert = (value: number) => (): number => client.prepare('INSERT INTO rows VALUES (?)').run(value).changes;
const values = (): number[] => client.prepare<[], number>('SELECT value FROM rows ORDER BY value').pluck().all();

test('writes of one turn are there together, each with its answer', async () => {
  const both = Promise.all([commits.write(insert(1)), commits.write(insert(2))]);
  expect(values()).toEqual([]);
  expect(await both).toEqual([1, 1]);
  expect(values()).toEqual([1, 2]);
});

test('a piece that throws leaves nothing, and the others stay', async () => {
  const half = commits.write(() => {
    insert(2)();
    throw new Error('changed its mind');
  });
  const answers = await Promise.allSettled([commits.write(insert(1)), half, commits.write(insert(1)), commits.write(insert(3))]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  expect(values()).toEqual([1, 3]);
});

test('when the transaction as a whole fails, all pieces hear it and nothing is there', async () => {
  const both = Promise.allSettled([commits.write(insert(1)), commits.write(() => client.exec('ROLLBACK'))]);
  // One commit, however long the first piece takes.
  commits.flush();
  const answers = await both;
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(values()).toEqual([]);
  await commits.write(insert(2));
  expect(values()).toEqual([2]);
});

test('when no transaction can begin, all that waits hears it', async () => {
  client.close();
  const answers = await Promise.allSettled([commits.write(() => 1), commits.write(() => 2)]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('flush writes at once, and what follows a commit may write again', () => {
  const order: string[] = [];
  commits.add(insert(1), () => {
    order.push('first');
    commits.add(insert(2), () => order.push('second'));
  });
  commits.flush();
  expect(order).toEqual(['first', 'second']);
  expect(values()).toEqual([1, 2]);
});

test('many pieces do not keep the event loop in one go', async () => {
  let turns = 0;
  let running = true;
  const count = (): void => {
    turns++;
    if (running) setImmediate(count);
  };
  setImmediate(count);
  const spin = (milliseconds: number): void => {
    for (const end = performance.now() + milliseconds; performance.now() < end;);
  };
  await Promise.all(Array.from({ length: 10 }, (_, value) => commits.write(() => (spin(4), insert(value)()))));
  running = false;
  expect(turns).toBeGreaterThan(3);
  expect(values()).toHaveLength(10);
});
