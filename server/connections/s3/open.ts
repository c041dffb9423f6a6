import { partsOf } from '../allowed-folders.ts';
import type { ConnectionItem, ConnectionTools, OpenConnection } from '../kind.ts';
import { BucketClient, type BucketSettings } from './client.ts';
import { writeObject } from './write-object.ts';

const MOST_ITEMS = 10_000;

interface Listing {
  readonly Contents?: readonly { readonly Key: string; readonly Size?: string; readonly LastModified?: string }[];
  readonly CommonPrefixes?: readonly { readonly Prefix: string }[];
  readonly NextContinuationToken?: string;
}

/** Keys come encoded, since XML cannot hold all of them. */
const decoded = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

/** A bucket as a connection: keys are paths below the prefix. */
export async function openBucket(settings: BucketSettings & { readonly prefix: string }, tools: ConnectionTools): Promise<OpenConnection> {
  const client = new BucketClient(settings, tools);
  const root = partsOf(settings.prefix)
    .map((part) => `${part}/`)
    .join('');
  const keyOf = (path: string): string => root + partsOf(path).join('/');
  const page = (prefix: string, more: Record<string, string>): Promise<Listing> =>
    client.xml({ method: 'GET', query: { 'list-type': '2', 'encoding-type': 'url', delimiter: '/', prefix, ...more } });

  return {
    async test() {
      await page(root, { 'max-keys': '1' });
      return `The bucket “${settings.bucket}” can be read.`;
    },
    async list(path) {
      const prefix =
        root +
        partsOf(path)
          .map((part) => `${part}/`)
          .join('');
      const items: ConnectionItem[] = [];
      let token: string | undefined;
      do {
        const listing = await page(prefix, token === undefined ? {} : { 'continuation-token': token });
        items.push(...itemsOf(listing, root, prefix));
        token = listing.NextContinuationToken;
      } while (token !== undefined && token !== '' && items.length < MOST_ITEMS);
      return items.slice(0, MOST_ITEMS).toSorted((one, other) => (one.path < other.path ? -1 : 1));
    },
    files: {
      async state(path) {
        const { headers } = (await client.expect({ method: 'HEAD', key: keyOf(path) })).destroy();
        return headers.etag ?? `${headers['last-modified'] ?? ''}-${headers['content-length'] ?? ''}`;
      },
      read: (path) => client.expect({ method: 'GET', key: keyOf(path) }),
      write: (path, content, bytes) => writeObject(client, keyOf(path), content, bytes),
    },
    close: async () => undefined,
  };
}

function itemsOf({ Contents = [], CommonPrefixes = [] }: Listing, root: string, prefix: string): ConnectionItem[] {
  const folders = CommonPrefixes.map(({ Prefix }): ConnectionItem => ({ path: decoded(Prefix).slice(root.length).replace(/\/$/, ''), type: 'folder' }));
  const files = Contents.filter(({ Key }) => decoded(Key) !== prefix).map(({ Key, Size, LastModified }): ConnectionItem => ({
    path: decoded(Key).slice(root.length),
    type: 'file',
    bytes: Size === undefined ? undefined : Number(Size),
    modifiedAt: LastModified === undefined ? undefined : Date.parse(LastModified),
  }));
  return [...folders, ...files];
}
