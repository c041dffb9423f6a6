import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GraphBuilder } from '#nodes/kit/onnx/builder.ts';
import type { Signature } from '#nodes/kit/signature.ts';
import { Inference, type InferenceOptions } from './inference.ts';
import { packInputs, PACKED_INPUT } from './packed-inputs.ts';
import { RowReader } from './rows.ts';

const signature: Pick<Signature, 'inputs' | 'outputs'> = {
  inputs: [
    { name: 'a', type: 'number', required: true },
    { name: 'city', type: 'category', required: true },
    { name: 'unused', type: 'number', required: false },
    { name: 'b', type: 'number', required: true },
    { name: 'place', type: 'number', required: false },
  ],
  outputs: [
    { name: 'a', type: 'number', role: 'score' },
    { name: 'city', type: 'category', role: 'score' },
  ],
};
const reader = new RowReader(signature.inputs);
const row = (a: number, city = 'Oslo', place = 0) => ({ a, city, b: 10, place });
const batch = (...rows: ReturnType<typeof row>[]) => reader.records(rows);
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** a + b, and what stands at a place of a table of one, with the city beside it. */
function graph(): Uint8Array {
  const builder = new GraphBuilder();
  const found = builder.node('Gather', [builder.floats([0]), builder.cast(builder.input('place', 'float'), 'int64')]);
  const sum = builder.node('Add', [builder.input('a', 'float'), builder.input('b', 'float')]);
  builder.output('a', builder.node('Add', [sum, found]), 'float');
  builder.output('city', builder.input('city', 'string'), 'string');
  return builder.toBytes();
}

let folder: string;
let path: string;
const open: Inference[] = [];
const start = async (options: Partial<InferenceOptions> = {}): Promise<Inference> => {
  const inference = await Inference.start({ path, emptyFolder: folder, threads: 1, ...options }, signature);
  open.push(inference);
  return inference;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-inference-'));
  path = join(folder, 'model.onnx');
  writeFileSync(path, graph());
});
afterEach(() => Promise.all(open.splice(0).map((inference) => inference.close())));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a model in its processes', () => {
  it('gives each of many requests its own rows, put together as they come', async () => {
    const inference = await start({ workers: 2 });
    expect(inference.pids).toHaveLength(2);
    const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => inference.score(batch(row(index, `c${index}`), row(-index)))));
    answers.forEach(({ outputs: [sums, cities], queueMilliseconds, computeMilliseconds }, index) => {
      expect([...(sums as Float32Array)]).toEqual([index + 10, 10 - index]);
      expect(cities).toEqual([`c${index}`, 'Oslo']);
      expect(queueMilliseconds).toBeGreaterThanOrEqual(0);
      expect(computeMilliseconds).toBeGreaterThan(0);
    });
    expect(Math.max(...answers.map(({ together }) => together))).toBeGreaterThan(1);
    expect(inference.pending).toBe(0);
  });

  it('refuses what a graph cannot do, what is too much, and a file that is none', async () => {
    const inference = await start({ queueLimit: 1 });
    await expect(inference.score(batch(row(1, 'x', 7)))).rejects.toMatchObject({ status: 500, code: 'model_failed' });
    const all = await Promise.allSettled(Array.from({ length: 3 }, () => inference.score(batch(row(1)))));
    expect(all.map((each) => (each.status === 'rejected' ? (each.reason as { code: string }).code : 'scored'))).toEqual(['scored', 'queue_full', 'queue_full']);
    writeFileSync(join(folder, 'broken.onnx'), 'x');
    await expect(start({ path: join(folder, 'broken.onnx') })).rejects.toThrow();
    await expect(start({ path: join(folder, 'none.onnx') })).rejects.toThrow();
  });

  it('ends a graph that takes too long with its process, and tells so', async () => {
    const died = Promise.withResolvers<string>();
    const inference = await start({ timeout: 300, onDeath: died.resolve });
    process.kill(inference.pids[0]!, 'SIGSTOP');
    await expect(inference.score(batch(row(1)))).rejects.toMatchObject({ status: 504 });
    expect(await died.promise).toContain('SIGKILL');
    await expect(inference.score(batch(row(1)))).rejects.toMatchObject({ status: 503 });
  });

  it('lets others answer while one hangs, and has a new one in its place', async () => {
    const inference = await start({ workers: 2, timeout: 5_000 });
    const before = inference.pids;
    process.kill(before[0]!, 'SIGSTOP');
    const hanging = inference.score(batch(row(1))).catch((error: unknown) => error);
    await nextTurn();
    for (let index = 0; index < 20; index++) expect((await inference.score(batch(row(index)))).outputs[0]).toEqual(Float32Array.of(index + 10));
    expect(await hanging).toMatchObject({ status: 504 });
    await expect.poll(() => inference.pids.filter((pid) => !before.includes(pid)).length).toBe(1);
    expect((await inference.score(batch(row(5)))).outputs[0]).toEqual(Float32Array.of(15));
  });

  it('gives a caller with little patience 504 without ending the process', async () => {
    const inference = await start();
    const [pid] = inference.pids;
    process.kill(pid!, 'SIGSTOP');
    const patient = inference.score(batch(row(1)));
    await expect(inference.score(batch(row(2)), { timeout: 1 })).rejects.toMatchObject({ status: 504 });
    process.kill(pid!, 'SIGCONT');
    expect((await patient).outputs[0]).toEqual(Float32Array.of(11));
    expect(inference.pids).toEqual([pid]);
  });

  it('answers what has come before it ends', async () => {
    const inference = await start();
    const scored = Promise.all(Array.from({ length: 50 }, (_, index) => inference.score(batch(row(index)))));
    await Promise.all([inference.drain(), scored]);
    await expect(inference.score(batch(row(1)))).rejects.toMatchObject({ status: 503 });
    expect(inference.pids).toEqual([]);
  });
});

describe('packed inputs', () => {
  it('take the place of the numbers of a graph, unless there is nothing to gain or the file is none', () => {
    const packed = packInputs(readFileSync(path), reader.layout.numbers)!;
    expect(packed.includes(PACKED_INPUT)).toBe(true);
    expect(packInputs(readFileSync(path), ['a'])).toBeNull();
    expect(packInputs(readFileSync(path), ['none', 'neither'])).toBeNull();
    expect(packInputs(packed, reader.layout.numbers)).toBeNull();
    expect(() => packInputs(readFileSync(path).subarray(0, 200), ['a', 'b'])).toThrow(/ends within/);
  });
});
