import type { ColumnType } from '#nodes/kit/table.ts';
import type { Dataset, DatasetVersion } from './datasets.ts';

const DATA_TYPES: Readonly<Record<ColumnType, string>> = {
  number: 'sc:Float',
  integer: 'sc:Integer',
  boolean: 'sc:Boolean',
  text: 'sc:Text',
  category: 'sc:Text',
  datetime: 'sc:DateTime',
};

/** The terms of Croissant, as its specification gives them for files of version 1.1. */
const CONTEXT = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  sc: 'https://schema.org/',
  cr: 'http://mlcommons.org/croissant/',
  rai: 'http://mlcommons.org/croissant/RAI/',
  dct: 'http://purl.org/dc/terms/',
  citeAs: 'cr:citeAs',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  examples: { '@id': 'cr:examples', '@type': '@json' },
  extract: 'cr:extract',
  field: 'cr:field',
  fileObject: 'cr:fileObject',
  fileProperty: 'cr:fileProperty',
  fileSet: 'cr:fileSet',
  format: 'cr:format',
  includes: 'cr:includes',
  isLiveDataset: 'cr:isLiveDataset',
  jsonPath: 'cr:jsonPath',
  key: 'cr:key',
  md5: 'cr:md5',
  parentField: 'cr:parentField',
  path: 'cr:path',
  recordSet: 'cr:recordSet',
  references: 'cr:references',
  regex: 'cr:regex',
  repeated: 'cr:repeated',
  replace: 'cr:replace',
  separator: 'cr:separator',
  source: 'cr:source',
  subField: 'cr:subField',
  transform: 'cr:transform',
} as const;

/** A dataset's newest version in the Croissant 1.1 vocabulary (JSON-LD). `api` is the address of the API, with no slash at the end. */
export function croissantOf({ name, description, tags, licence }: Dataset, { version, hash, bytes, schema, createdAt }: DatasetVersion, api: string) {
  return {
    '@context': CONTEXT,
    '@type': 'sc:Dataset',
    conformsTo: 'http://mlcommons.org/croissant/1.1',
    name,
    description,
    ...(licence === '' ? {} : { license: licence }),
    ...(tags.length === 0 ? {} : { keywords: tags }),
    url: `${api}/datasets/${encodeURIComponent(name)}`,
    version: `${version}.0.0`,
    datePublished: createdAt,
    distribution: [
      {
        '@type': 'cr:FileObject',
        '@id': 'table.parquet',
        name: 'table.parquet',
        contentUrl: `${api}/artifacts/${hash}/content`,
        encodingFormat: 'application/vnd.apache.parquet',
        sha256: hash,
        contentSize: `${bytes} B`,
      },
    ],
    recordSet: [
      {
        '@type': 'cr:RecordSet',
        '@id': 'rows',
        name: 'rows',
        field: schema.columns.map((column, at) => ({
          '@type': 'cr:Field',
          '@id': `rows/${at + 1}`,
          name: column.name,
          dataType: DATA_TYPES[column.type],
          source: { fileObject: { '@id': 'table.parquet' }, extract: { column: column.name } },
        })),
      },
    ],
  };
}
