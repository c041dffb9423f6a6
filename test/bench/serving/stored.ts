import { join } from 'node:path';

/** Where a server with this data folder keeps the file of a hash. */
export const pathOfHash = (dataFolder: string, hash: string): string => join(dataFolder, 'store', hash.slice(0, 2), hash.slice(2));
