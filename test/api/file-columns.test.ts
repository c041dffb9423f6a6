import { describe, expect, it } from 'vitest';
import type { DatasetVersion } from '#server/assets/datasets.ts';
import type { FilePreview, UploadedFile } from '#server/assets/files.ts';
import { startedServer } from '#test/support/server.ts';

const { client } = await startedServer();

async function upload(name: string, body: string): Promise<string> {
  const answer = await client.request('/files', { method: 'POST', headers: { 'x-file-name': name, 'content-type': 'application/octet-stream' }, body });
  return ((await answer.json()) as UploadedFile).id;
}
const refusal = async (path: string, body: unknown): Promise<unknown> => {
  const answer = await client.request(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return [answer.status, ((await answer.json()) as { code: string }).code];
};
const described = ({ columns }: FilePreview['schema']): unknown[] => columns.map(({ name, type, role, nullable }) => [name, type, role, nullable]);

const PEOPLE = 'zip,age,when,__proto__,note\n01234,31,01.02.2024,1,a\n00420,4.5,soon,0,b\n99999,x,03.02.2024,1,\n';
const columns = [
  { name: 'zip', as: 'postcode', type: 'text', role: 'id' },
  { name: 'age', type: 'integer' },
  { name: 'when', type: 'datetime' },
  { name: '__proto__', as: 'left "it"', type: 'boolean', role: 'label' },
  { name: 'note', include: false },
];
const options = { datetimeFormat: '%d.%m.%Y' };

describe('columns of a file', () => {
  it('are previewed as they are chosen, with what they would lose', async () => {
    const file = await upload('people.csv', PEOPLE);
    const plain = await client.post<FilePreview>(`/files/${file}/preview`, {});
    expect(plain).toMatchObject({ partial: false, rowCount: 3, lost: [] });
    expect(plain.rows[0]).toEqual(['01234', '31', '01.02.2024', 1, 'a']);
    const shaped = await client.post<FilePreview>(`/files/${file}/preview`, { options, columns });
    expect(described(shaped.schema)).toEqual([
      ['postcode', 'text', 'id', false],
      ['age', 'integer', 'feature', true],
      ['when', 'datetime', 'feature', true],
      ['left "it"', 'boolean', 'label', false],
    ]);
    expect(shaped.rows).toEqual([
      ['01234', 31, '2024-02-01T00:00:00.000Z', true],
      ['00420', 4, null, false],
      ['99999', null, '2024-02-03T00:00:00.000Z', true],
    ]);
    expect(shaped.lost).toEqual([
      { name: 'age', type: 'integer', missing: 1, cut: 1 },
      { name: 'when', type: 'datetime', missing: 1, cut: 0 },
    ]);
  });

  it('become a version that says what was lost, and the next one is another', async () => {
    const file = await upload('people.csv', PEOPLE);
    const first = await client.post<DatasetVersion>('/datasets/people/versions', { file, options, columns, description: 'By hand' });
    expect(first).toMatchObject({ version: 1, rowCount: 3, fileName: 'people.csv', source: 'upload', description: 'By hand' });
    expect(first.notes).toEqual([
      'Column “age”: 1 cell that cannot be read as integer became missing; 1 cell with a fraction was cut to whole numbers.',
      'Column “when”: 1 cell that cannot be read as datetime became missing.',
    ]);
    expect(first.schema.columns.map(({ name }) => name)).toEqual(['postcode', 'age', 'when', 'left "it"']);
    const second = await client.post<DatasetVersion>('/datasets/people/versions', { file });
    expect(second).toMatchObject({ version: 2, description: '', notes: [] });
    const change = await client.request('/datasets/people/versions/1', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ description: 'Mended' }),
    });
    expect(await change.json()).toMatchObject({ version: 1, description: 'Mended' });
    expect((await client.request(`/files/${file}`, { method: 'DELETE' })).status).toBe(204);
    expect((await client.get<{ rowCount: number }>(`/artifacts/${second.hash}/rows?offset=0&limit=5`)).rowCount).toBe(3);
  });

  it('that cannot be are refused with a reason', async () => {
    const file = await upload('two.csv', 'a,b\n1,2\n');
    const preview = (body: unknown): Promise<unknown> => refusal(`/files/${file}/preview`, body);
    expect(await preview({ columns: [{ name: 'c', type: 'text' }] })).toEqual([422, 'column_missing']);
    expect(await preview({ columns: [{ name: 'a', as: 'B' }] })).toEqual([422, 'column_duplicate']);
    expect(await preview({ columns: ['a', 'b'].map((name) => ({ name, include: false })) })).toEqual([422, 'columns_none']);
    expect(await preview({ columns: [{ name: 'a', type: 'date' }] })).toEqual([422, 'request_invalid']);
    expect(await preview({ options: { delimter: ',' } })).toEqual([422, 'request_invalid']);
    expect(await refusal('/datasets/two/versions', { file: 'none' })).toEqual([404, 'not_found']);
    expect((await client.request('/datasets/two')).status).toBe(404);
  });

  it('keep other decimals and dates as text where text is chosen', async () => {
    const file = await upload('comma.csv', 'a;b\n"1,50";"2,5"\n"3,25";"4"\n');
    const said = await client.post<FilePreview>(`/files/${file}/preview`, { options: { decimal: ',' }, columns: [{ name: 'a', type: 'category' }] });
    expect(said.schema.columns.map(({ type }) => type)).toEqual(['category', 'number']);
    expect(said.rows).toEqual([
      ['1,50', 2.5],
      ['3,25', 4],
    ]);
  });
});

describe('a large file of lines', () => {
  const line = (row: number): string => `${row},${'x'.repeat(80)},"${row}"`;
  const many = Array.from({ length: 120_000 }, (_, row) => line(row));

  it('is previewed by its beginning, and says so', async () => {
    const file = await upload('many.csv', `n,text,q\n${many.join('\n')}\nlast,y,z\n`);
    const said = await client.post<FilePreview>(`/files/${file}/preview`, {});
    expect(said.partial).toBe(true);
    expect(said.rowCount).toBeGreaterThan(50_000);
    expect(said.rowCount).toBeLessThan(120_000);
    expect(said.schema.columns.map(({ type }) => type)).toEqual(['integer', 'category', 'integer']);
    expect(said.rows[99]).toEqual([99, 'x'.repeat(80), 99]);
    const version = await client.post<DatasetVersion>('/datasets/many/versions', { file });
    expect(version).toMatchObject({ rowCount: 120_001 });
    expect(version.schema.columns[0]!.type).toBe('text');
  });

  it('is read whole where the beginning ends within quotes', async () => {
    const file = await upload('quoted.csv', `n,text\n1,"${'line\n'.repeat(2_000_000)}"\n2,short\n`);
    const said = await client.post<FilePreview>(`/files/${file}/preview`, {});
    expect(said).toMatchObject({ partial: false, rowCount: 2 });
  });
});
