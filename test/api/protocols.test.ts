import { gzipSync, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import '#test/support/fixed-seed.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { deployTable } from '#test/support/endpoint.ts';
import { startedServer } from '#test/support/server.ts';

type Row = { age: number | null; visits: number | null; member: boolean | null; city: string | null };
type Scored = Record<string, unknown>;

const NAME = 'visitors';
const COLUMNS = ['age', 'visits', 'member', 'city'] as const;
const CITIES = ['Oslo', 'Rome', 'Paris', 'São Paulo'];

let key: string;

const authorized = (headers: Record<string, string> = {}) => ({ authorization: `Bearer ${key}`, ...headers });
const post = (path: string, body: BodyInit | Buffer, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  fetch(server.url + path, { method: 'POST', headers: authorized(headers), body: body as BodyInit });
const get = (path: string) => fetch(server.url + path, { headers: authorized() });
const json = async <T>(answer: Response): Promise<T> => {
  expect([answer.url, answer.status]).toEqual([answer.url, 200]);
  return (await answer.json()) as T;
};

function table(): string {
  const lines = Array.from({ length: 400 }, (_, index) => {
    const [age, visits, member, city] = [20 + ((index * 7) % 50), index % 9, index % 3 === 0, CITIES[index % 4]!];
    return `${age}.5,${visits},${member},${city},${age + visits * 3 + (member ? 9 : 0) > 55 ? 'yes' : 'no'}`;
  });
  return ['age,visits,member,city,bought', ...lines].join('\n');
}

const { server, client } = await startedServer();
beforeAll(async () => {
  ({ key } = await deployTable(client, NAME, table(), { label: 'bought', learner: 'two-class-boosted-decision-tree' }));
});

/** Tensors of each column, as JSON. */
const tensors = (rows: readonly Row[]) => [
  { name: 'age', datatype: 'FP64', shape: [rows.length], data: rows.map((row) => row.age) },
  { name: 'visits', datatype: 'INT64', shape: [rows.length, 1], data: rows.map((row) => [row.visits]) },
  { name: 'member', datatype: 'BOOL', shape: [rows.length, 1], data: rows.map((row) => row.member) },
  { name: 'city', datatype: 'BYTES', shape: [rows.length, 1], data: rows.map((row) => row.city ?? '') },
];

const lengths = (texts: readonly string[]): Buffer =>
  Buffer.concat(
    texts.flatMap((text) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(Buffer.byteLength(text));
      return [length, Buffer.from(text)];
    }),
  );

/** The same as bytes behind the JSON. */
function binary(rows: readonly Row[], change: (head: Record<string, unknown>) => void = () => {}): { body: Buffer; headers: Record<string, string> } {
  const floats = (values: (number | null)[]) => Buffer.from(Float32Array.from(values, (value) => value ?? NaN).buffer);
  const parts = [
    floats(rows.map((row) => row.age)),
    floats(rows.map((row) => row.visits)),
    floats(rows.map((row) => (row.member === null ? null : Number(row.member)))),
    lengths(rows.map((row) => row.city ?? '')),
  ];
  const head = {
    id: 'abc',
    inputs: COLUMNS.map((name, index) => ({
      name,
      shape: [rows.length, 1],
      datatype: name === 'city' ? 'BYTES' : 'FP32',
      parameters: { binary_data_size: parts[index]!.length },
    })),
    parameters: { binary_data_output: true },
  };
  change(head);
  const text = Buffer.from(JSON.stringify(head));
  return { body: Buffer.concat([text, ...parts]), headers: { 'inference-header-content-length': String(text.length) } };
}

async function readBinaryAnswer(answer: Response): Promise<Scored[]> {
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/octet-stream']);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const length = Number(answer.headers.get('inference-header-content-length'));
  const head = JSON.parse(bytes.toString('utf8', 0, length)) as {
    id: string;
    outputs: { name: string; datatype: string; shape: number[]; parameters: { binary_data_size: number } }[];
  };
  expect(head.id).toBe('abc');
  let at = length;
  const columns = head.outputs.map(({ name, datatype, shape, parameters }) => {
    const part = bytes.subarray(at, (at += parameters.binary_data_size));
    const values: unknown[] = [];
    for (let place = 0; place < part.length;) {
      if (datatype === 'FP32') values.push(part.readFloatLE(place));
      else if (datatype === 'FP64') values.push(part.readDoubleLE(place));
      else values.push(part.toString('utf8', place + 4, place + 4 + part.readUInt32LE(place)));
      place += datatype === 'FP32' ? 4 : datatype === 'FP64' ? 8 : 4 + part.readUInt32LE(place);
    }
    expect(shape).toEqual([values.length, 1]);
    return { name, values };
  });
  expect(at).toBe(bytes.length);
  return columns[0]!.values.map((_, row) => Object.fromEntries(columns.map(({ name, values }) => [name, values[row]])));
}

interface InferAnswer {
  model_name: string;
  model_version: string;
  id?: string;
  outputs: { name: string; datatype: string; shape: number[]; data: unknown[] }[];
}
const rowsOf = ({ outputs }: InferAnswer): Scored[] => outputs[0]!.data.map((_, row) => Object.fromEntries(outputs.map(({ name, data }) => [name, data[row]])));

const ways: Record<string, (rows: readonly Row[]) => Promise<Scored[]>> = {
  'Azure, the designer': async (rows) =>
    (
      await json<{ Results: { WebServiceOutput0: Scored[] } }>(
        await post(`/endpoints/${NAME}/score`, JSON.stringify({ Inputs: { WebServiceInput0: rows }, GlobalParameters: {} })),
      )
    ).Results.WebServiceOutput0,
  'Azure, input_data': async (rows) =>
    json(
      await post(
        `/endpoints/${NAME}/score`,
        JSON.stringify({ input_data: { columns: COLUMNS, index: [0], data: rows.map((row) => COLUMNS.map((name) => row[name])) } }),
      ),
    ),
  'Azure, data': async (rows) => json(await post(`/endpoints/${NAME}/score`, JSON.stringify({ data: rows.map((row) => COLUMNS.map((name) => row[name])) }))),
  dataframe_split: async (rows) =>
    (
      await json<{ predictions: Scored[] }>(
        await post(
          `/endpoints/${NAME}/invocations`,
          JSON.stringify({ dataframe_split: { columns: COLUMNS, data: rows.map((row) => COLUMNS.map((name) => row[name])) } }),
        ),
      )
    ).predictions,
  dataframe_records: async (rows) =>
    (
      await json<{ predictions: Scored[] }>(
        await post(`/endpoints/${NAME}/invocations`, JSON.stringify({ dataframe_records: rows.map((row) => ({ ...row, unasked: 1 })), params: {} })),
      )
    ).predictions,
  instances: async (rows) =>
    (await json<{ predictions: Scored[] }>(await post(`/endpoints/${NAME}/invocations`, JSON.stringify({ instances: rows })))).predictions,
  inputs: async (rows) =>
    (
      await json<{ predictions: Scored[] }>(
        await post(
          `/endpoints/${NAME}/invocations`,
          JSON.stringify({ inputs: Object.fromEntries(COLUMNS.map((name) => [name, rows.map((row) => [row[name]])])) }),
        ),
      )
    ).predictions,
  csv: async (rows) => {
    const cell = (value: Row[keyof Row]): string => (typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : value === null ? '' : String(value));
    const text = [COLUMNS.join(','), ...rows.map((row) => COLUMNS.map((name) => cell(row[name])).join(','))].join('\r\n');
    return (await json<{ predictions: Scored[] }>(await post(`/endpoints/${NAME}/invocations`, text, { 'content-type': 'text/csv; charset=utf-8' })))
      .predictions;
  },
  'v2, JSON': async (rows) => rowsOf(await json(await post(`/v2/models/${NAME}/infer`, JSON.stringify({ inputs: tensors(rows) }), {}))),
  'v2, binary': async (rows) => {
    const { body, headers } = binary(rows);
    return readBinaryAnswer(await post(`/endpoints/${NAME}/v2/models/${NAME}/versions/v1/infer`, body, headers));
  },
  gzip: async (rows) =>
    (
      await json<{ results: Scored[] }>(
        await post(`/api/v1/endpoints/${NAME}/score`, gzipSync(JSON.stringify(rows)), { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
      )
    ).results,
};

const anyRow: fc.Arbitrary<Row> = fc.record({
  age: fc.option(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 }).map((value) => value + 0)),
  visits: fc.option(fc.integer({ min: -100, max: 100 })),
  member: fc.option(fc.boolean()),
  // A missing text is the empty one.
  city: fc.oneof(
    fc.constantFrom(...CITIES),
    fc.constant(null),
    fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0')),
  ),
});

describe('every protocol', () => {
  it('gives the same answers for the same rows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 20 }), async (rows) => {
        const { results } = await json<{ results: Scored[] }>(await post(`/api/v1/endpoints/${NAME}/score`, JSON.stringify({ rows })));
        expect(results).toHaveLength(rows.length);
        for (const [way, score] of Object.entries(ways)) expect([way, await score(rows)]).toEqual([way, results]);
      }),
      { numRuns: 15 },
    );
  });

  it('gives them for bodies that are read in slices too, and names the row of a mistake', async () => {
    const rows: Row[] = Array.from({ length: 9_000 }, (_, row) => ({ age: row % 97, visits: row % 13, member: row % 2 === 0, city: CITIES[row % 4]! }));
    const few = await json<{ results: Scored[] }>(await post(`/api/v1/endpoints/${NAME}/score`, JSON.stringify({ rows: rows.slice(0, 500) })));
    const { results } = await json<{ results: Scored[] }>(await post(`/api/v1/endpoints/${NAME}/score`, JSON.stringify({ rows })));
    expect(results).toHaveLength(rows.length);
    expect(results.slice(0, 500)).toEqual(few.results);
    for (const [way, score] of Object.entries(ways)) expect([way, await score(rows)]).toEqual([way, results]);
    const wrong = rows.with(8_000, { ...rows[0]!, age: 'old' as unknown as number });
    const refused = await post(`/api/v1/endpoints/${NAME}/score`, JSON.stringify({ rows: wrong }));
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { code: 'column_wrong_type', detail: expect.stringContaining('Row 8000, column "age"') },
    ]);
    const broken = await post(`/api/v1/endpoints/${NAME}/score`, `${JSON.stringify({ rows }).slice(0, -1)}]`);
    expect([broken.status, await broken.json()]).toMatchObject([400, { code: 'json_invalid' }]);
  });
});

describe('the Open Inference Protocol', () => {
  it('describes server, model and deployments', async () => {
    expect(await json(await fetch(`${server.url}/v2/health/live`))).toEqual({ live: true });
    expect(await json(await fetch(`${server.url}/v2/health/ready`))).toEqual({ ready: true });
    for (const base of ['/v2', `/endpoints/${NAME}/v2`]) {
      expect((await json<{ extensions: string[] }>(await get(base))).extensions).toContain('binary_tensor_data');
      const model = await json<{ name: string; versions: string[]; inputs: unknown[]; outputs: unknown[] }>(await get(`${base}/models/${NAME}`));
      expect(model).toMatchObject({ name: NAME, versions: ['v1'], platform: 'onnx_onnxv1' });
      expect(model.inputs).toEqual(COLUMNS.map((name) => ({ name, datatype: name === 'city' ? 'BYTES' : 'FP32', shape: [-1, 1] })));
      expect(await json(await get(`${base}/models/${NAME}/ready`))).toEqual({ name: NAME, ready: true });
      expect(await json(await get(`${base}/models/${NAME}/versions/v1/config`))).toMatchObject({ name: NAME, backend: 'onnxruntime' });
      expect(await json(await post(`${base}/repository/index`, '{"ready":true}'))).toEqual([{ name: NAME, version: 'v1', state: 'READY', reason: '' }]);
      const { model_stats: stats } = await json<{ model_stats: Record<string, number>[] }>(await get(`${base}/models/${NAME}/stats`));
      expect(stats).toEqual([expect.objectContaining({ name: NAME, version: 'v1', inference_stats: expect.objectContaining({ queue: expect.anything() }) })]);
      expect(stats[0]!.inference_count).toBeGreaterThanOrEqual(stats[0]!.execution_count!);
      expect(await json(await get(`${base}/models/stats`))).toEqual({ model_stats: stats });
    }
  });

  it('takes one tensor of all columns only where they fit, whole numbers as texts digit by digit, and gives the outputs that are asked for', async () => {
    const infer = (body: unknown) => post(`/v2/models/${NAME}/infer`, JSON.stringify(body), {});
    const [age, visits, member] = tensors([{ age: 30, visits: 2, member: true, city: null }]);
    const city = `{"name":"city","datatype":"INT64","shape":[1],"data":[9007199254740993]}`;
    const exact = await post(
      `/v2/models/${NAME}/infer`,
      `{"id":"1","inputs":[${JSON.stringify(age)},${JSON.stringify(visits)},${JSON.stringify(member)},${city}],"outputs":[{"name":"Scored Labels"}]}`,
      {},
    );
    const answer = await json<InferAnswer>(exact);
    expect(answer).toMatchObject({ model_name: NAME, model_version: 'v1', id: '1' });
    expect(answer.outputs.map((output) => output.name)).toEqual(['Scored Labels']);
    for (const wrong of [
      { inputs: [{ name: 'rows', datatype: 'FP32', shape: [1, 4], data: [1, 2, 1, 3] }] },
      { inputs: [{ name: 'rows', datatype: 'FP32', shape: [1, 3], data: [1, 2, 1] }] },
    ])
      expect((await infer(wrong)).status).toBe(400);
  });
});

describe('bodies that make no sense', () => {
  const good = (): Record<string, unknown> => ({ inputs: tensors([{ age: 1, visits: 1, member: true, city: 'Oslo' }]) });
  const changed = (change: (input: Record<string, unknown>) => void): string => {
    const body = good();
    change((body.inputs as Record<string, unknown>[])[0]!);
    return JSON.stringify(body);
  };
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);

  it.each<[string, () => string]>([
    ['no JSON', () => '{'],
    ['nothing', () => ''],
    ['a list', () => '[]'],
    ['no inputs', () => '{"inputs":[]}'],
    ['deep nesting', () => deep],
    ['deep data', () => `{"inputs":[{"name":"age","datatype":"FP32","shape":[1,1],"data":${deep}}]}`],
    [
      'deep data with INT64',
      () => `{"inputs":[{"name":"age","datatype":"INT64","shape":[1],"data":[9007199254740993]},{"name":"x","datatype":"INT64","shape":[1],"data":${deep}}]}`,
    ],
    ['a huge shape', () => changed((input) => (input.shape = [1e9, 1e9]))],
    ['many rows', () => changed((input) => (input.shape = [1e9]))],
    ['a negative shape', () => changed((input) => (input.shape = [-1]))],
    ['a shape that is none', () => changed((input) => (input.shape = ['1']))],
    ['no shape', () => changed((input) => delete input.shape)],
    ['three dimensions', () => changed((input) => (input.shape = [1, 1, 1]))],
    ['another number of values', () => changed((input) => (input.data = [1, 2]))],
    ['texts among numbers', () => changed((input) => (input.data = ['1']))],
    ['a number that float32 cannot hold', () => changed((input) => (input.data = [1e300]))],
    ['an unknown datatype', () => changed((input) => (input.datatype = 'COMPLEX'))],
    ['a datatype that is inherited', () => changed((input) => (input.datatype = '__proto__'))],
    ['INT8 that is too large', () => changed((input) => Object.assign(input, { datatype: 'INT8', data: [128] }))],
    ['INT64 that is too large', () => changed((input) => Object.assign(input, { datatype: 'INT64' })).replace('[1]},', '[99999999999999999999]},')],
    ['INT32 with a fraction', () => changed((input) => Object.assign(input, { datatype: 'INT32', data: [1.5] }))],
    ['an unknown input', () => changed((input) => (input.name = 'years'))],
    ['an input that is there twice', () => changed((input) => (input.name = 'visits'))],
    ['data that says its size', () => changed((input) => (input.parameters = { binary_data_size: 4 }))],
    ['an unknown output', () => JSON.stringify({ ...good(), outputs: [{ name: 'nothing' }] })],
    ['outputs that are none', () => JSON.stringify({ ...good(), outputs: 7 })],
    ['parameters that are none', () => JSON.stringify({ ...good(), parameters: [] })],
  ])('get 400 in the dialect of v2: %s', async (_what, body) => {
    const answer = await post(`/v2/models/${NAME}/infer`, body(), {});
    const text = await answer.text();
    expect([answer.status, Object.keys(JSON.parse(text) as object)]).toEqual([400, ['error']]);
  });

  it.each<[string, (whole: { body: Buffer; headers: Record<string, string> }) => void]>([
    ['cut off', (whole) => (whole.body = whole.body.subarray(0, whole.body.length - 3))],
    ['with bytes behind it', (whole) => (whole.body = Buffer.concat([whole.body, Buffer.alloc(1)]))],
    ['with a length beyond it', (whole) => (whole.headers['inference-header-content-length'] = String(whole.body.length + 1))],
    ['with a length of nothing', (whole) => (whole.headers['inference-header-content-length'] = '0')],
    ['with a length that is none', (whole) => (whole.headers['inference-header-content-length'] = '1e2')],
    ['with a length within the JSON', (whole) => (whole.headers['inference-header-content-length'] = '20')],
    ['whose text says that it is longer', (whole) => whole.body.writeUInt32LE(2 ** 31, whole.body.length - 8)],
  ])('get 400 as bytes, too: %s', async (_what, change) => {
    const whole = binary([{ age: 1, visits: 1, member: true, city: 'Oslo' }]);
    change(whole);
    const answer = await post(`/v2/models/${NAME}/infer`, whole.body, whole.headers);
    expect([answer.status, Object.keys((await answer.json()) as object)]).toEqual([400, ['error']]);
  });

  it('get 400 in every dialect where a value is nested many thousand levels deep', async () => {
    for (const [path, body] of [
      [`/api/v1/endpoints/${NAME}/score`, `{"rows":[{"age":${deep},"visits":1,"member":true,"city":""}]}`],
      [`/endpoints/${NAME}/invocations`, `{"instances":[{"age":${deep}}]}`],
      [`/endpoints/${NAME}/invocations`, `{"inputs":${deep}}`],
      [`/endpoints/${NAME}/score`, `{"data":[[${deep},1,true,""]]}`],
      [`/v2/models/${NAME}/infer`, `{"inputs":[],"id":${deep}}`],
    ] as const)
      expect([path, (await post(path, body)).status]).toEqual([path, 400]);
  });

  it('get 400 with lying sizes', async () => {
    for (const size of [-4, 0, 3, 1e12, 2 ** 53, '4', null, {}]) {
      const { body, headers } = binary([{ age: 1, visits: 1, member: true, city: 'Oslo' }], (head) => {
        (head.inputs as { parameters: Record<string, unknown> }[])[0]!.parameters.binary_data_size = size;
      });
      const answer = await post(`/v2/models/${NAME}/infer`, body, headers);
      expect([size, answer.status]).toEqual([size, 400]);
    }
  });

  it('get an answer below 500 in every dialect, whatever the bytes are', async () => {
    const paths = [`/v2/models/${NAME}/infer`, `/endpoints/${NAME}/invocations`, `/endpoints/${NAME}/score`, `/api/v1/endpoints/${NAME}/score`];
    const fields = ['error', 'message', 'message', 'detail'];
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .tuple(fc.constantFrom('inputs', 'dataframe_split', 'dataframe_records', 'instances', 'Inputs', 'input_data', 'data', 'rows'), fc.jsonValue())
        .map(([name, value]) => Buffer.from(JSON.stringify({ [name]: value }))),
    );
    const types = fc.constantFrom('application/json', 'text/csv', 'application/octet-stream');
    await fc.assert(
      fc.asyncProperty(bodies, types, fc.option(fc.integer({ min: -1, max: 300 }), { nil: undefined }), async (body, type, length) => {
        for (const [index, path] of paths.entries()) {
          const headers = { 'content-type': type, ...(length === undefined ? {} : { 'inference-header-content-length': String(length) }) };
          const answer = await post(path, body, headers);
          const text = await answer.text();
          expect([path, answer.status >= 400 && answer.status < 500, text]).toEqual([path, true, text]);
          if (answer.headers.get('content-type')?.includes('json')) expect(Object.keys(JSON.parse(text) as object)).toContain(fields[index]);
        }
      }),
      { numRuns: 60 },
    );
    expect((await get(`/v2/models/${NAME}/ready`)).status).toBe(200);
  });

  it('get 413 over the limit, also when they are so only once they are unpacked, and 400 or 415 when they cannot be', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20, 32));
    const paths = [`/v2/models/${NAME}/infer`, `/endpoints/${NAME}/invocations`, `/endpoints/${NAME}/score`, `/api/v1/endpoints/${NAME}/score`];
    for (const path of paths) {
      const send = (body: Buffer, encoding: string) => post(path, body, { 'content-type': 'application/json', 'content-encoding': encoding });
      expect([path, (await send(bomb, 'gzip')).status]).toEqual([path, 413]);
      expect([path, (await send(Buffer.from('no gzip'), 'gzip')).status]).toEqual([path, 400]);
      expect([path, (await send(Buffer.from('{}'), 'br')).status]).toEqual([path, 415]);
      expect([path, (await send(deflateSync('{}'), 'deflate')).status]).toEqual([path, 400]);
      expect([path, (await post(path, Buffer.alloc(9 * 2 ** 20, 32))).status]).toEqual([path, 413]);
    }
  });
});

describe('the other dialects', () => {
  it('are MLflow’s', async () => {
    for (const path of ['ping', 'health']) expect([path, (await get(`/endpoints/${NAME}/${path}`)).status]).toEqual([path, 200]);
    expect(await (await get(`/endpoints/${NAME}/version`)).text()).toMatch(/^\d+\.\d+/);
    const send = (body: string, type = 'application/json') => post(`/endpoints/${NAME}/invocations`, body, { 'content-type': type });
    const wrong = await send('{"instances":[],"inputs":[]}');
    expect([wrong.status, await wrong.json()]).toEqual([
      400,
      { error_code: 'BAD_REQUEST', message: expect.stringContaining('exactly one of the input fields') },
    ]);
    const charset = await send('{}', 'application/json; charset=latin-1');
    expect([charset.status, charset.headers.get('content-type')]).toEqual([415, 'text/plain; charset=utf-8']);
    expect((await send('x', 'text/html')).status).toBe(415);
    const missing = await send('{"dataframe_split":{"columns":["age"],"data":[[1]]}}');
    expect([missing.status, ((await missing.json()) as { message: string }).message]).toEqual([400, expect.stringMatching(/"visits" is missing|Row 0/)]);
    const ragged = await send('age,visits\n1,2,3\n', 'text/csv');
    expect(ragged.status).toBe(400);
    expect((await fetch(`${server.url}/endpoints/${NAME}/invocations`, { method: 'POST', body: '{}' })).status).toBe(401);
  });

  it('are Azure’s', async () => {
    const body = JSON.stringify({ Inputs: { WebServiceInput0: [{ age: 1, visits: 1, member: true, city: 'Oslo' }] } });
    const answer = await post(`/endpoints/${NAME}/score`, body, { 'content-type': 'application/json', 'x-ms-client-request-id': 'mine' });
    expect([answer.status, answer.headers.get('x-ms-client-request-id')]).toEqual([200, 'mine']);
    expect(Number(answer.headers.get('x-ms-run-fn-exec-ms'))).toBeGreaterThan(0);
    expect((await post(`/endpoints/${NAME}/score`, body, { 'content-type': 'application/json', 'x-ms-request-id': 'x'.repeat(101) })).status).toBe(431);
    expect((await post(`/endpoints/${NAME}/score`, body, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post(`/endpoints/${NAME}/score`, body, { 'content-type': 'application/json', 'azureml-model-deployment': 'v1' })).status).toBe(200);
    const other = await post(`/endpoints/${NAME}/score`, body, { 'content-type': 'application/json', 'azureml-model-deployment': 'green' });
    expect([other.status, Object.keys((await other.json()) as object)]).toEqual([404, ['message']]);
    expect((await fetch(`${server.url}/endpoints/${NAME}/score`, { method: 'OPTIONS', headers: authorized() })).status).toBe(200);
    expect((await get(`/endpoints/${NAME}/score`)).status).toBe(405);
    expect((await get(`/endpoints/${NAME}/swagger.json?version=4`)).status).toBe(404);
    for (const [query, version] of [
      ['', { swagger: '2.0' }],
      ['?version=3', { openapi: '3.0.3' }],
      ['?version=3.1', { openapi: '3.1.0' }],
    ] as const) {
      const document = await json<{ paths: object }>(await get(`/endpoints/${NAME}/swagger.json${query}`));
      expect(document).toMatchObject(version);
      expect(Object.keys(document.paths)).toEqual([
        `/api/v1/endpoints/${NAME}/score`,
        `/endpoints/${NAME}/score`,
        `/endpoints/${NAME}/invocations`,
        `/v2/models/${NAME}/infer`,
        `/v2/models/${NAME}`,
        `/v2/models/${NAME}/ready`,
      ]);
    }
  });
});

it('opens one endpoint’s base address to that model alone, and shows a key nothing else', async () => {
  await deployTable(client, 'others', table(), { label: 'bought', learner: 'two-class-logistic-regression' });
  expect((await get('/v2/models/others')).status).toBe(401);
  expect((await get(`/endpoints/${NAME}/v2/models/others`)).status).toBe(404);
  expect(await json<unknown[]>(await post('/v2/repository/index', ''))).toHaveLength(1);
  const { token } = await client.post<{ token: string }>('/tokens', { name: 'all' });
  const all = await fetch(`${server.url}/v2/repository/index`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  expect(((await all.json()) as { name: string }[]).map((model) => model.name).sort()).toEqual(['others', NAME].sort());
  const unload = await post(`/v2/repository/models/${NAME}/unload`, '{}');
  expect([unload.status, Object.keys((await unload.json()) as object)]).toEqual([501, ['error']]);
  expect((await fetch(`${server.url}/v2/models/none`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(404);
});

it('gives classes that are numbers with all their digits in v2, as its metadata say', async () => {
  const lines = Array.from({ length: 200 }, (_, row) => `${row},${row < 100 ? 0.1 : 123_456_789}`);
  const { key: own } = await deployTable(client, 'codes', ['x,code', ...lines].join('\n'), { label: 'code', learner: 'two-class-boosted-decision-tree' });
  const headers = { authorization: `Bearer ${own}` };
  const read = async (path: string) => json<{ outputs: unknown[] }>(await fetch(`${server.url}/v2/models/codes${path}`, { headers }));
  const infer = (more: object) => {
    const inputs = [{ name: 'x', datatype: 'FP32', shape: [2, 1], data: [3, 190] }];
    return fetch(`${server.url}/v2/models/codes/infer`, { method: 'POST', headers, body: JSON.stringify({ id: 'abc', inputs, ...more }) });
  };
  expect((await read('')).outputs).toEqual([
    { name: 'Scored Labels', datatype: 'FP64', shape: [-1, 1] },
    { name: 'Scored Probabilities', datatype: 'FP32', shape: [-1, 1] },
  ]);
  expect(await read('/config')).toMatchObject({ output: [{ data_type: 'TYPE_FP64' }, { data_type: 'TYPE_FP32' }] });
  const answer = await json<InferAnswer>(await infer({}));
  expect(answer.outputs.map(({ datatype }) => datatype)).toEqual(['FP64', 'FP32']);
  expect(answer.outputs[0]!.data).toEqual([0.1, 123_456_789]);
  expect(await readBinaryAnswer(await infer({ parameters: { binary_data_output: true } }))).toEqual(rowsOf(answer));
});
