import type { Catalog } from './kit/define.ts';
import { dataset } from './data/dataset/node.ts';
import { enterDataManually } from './data/enter-data-manually/node.ts';
import { importData } from './data/import-data/node.ts';
import { deployToEndpoint } from './deploy/deploy-to-endpoint/node.ts';
import { registerModel } from './deploy/register-model/node.ts';

/** Every node type by its name. One import and one line per node type, in the order of the library. */
export const catalog = {
  dataset,
  'import-data': importData,
  'enter-data-manually': enterDataManually,
  'register-model': registerModel,
  'deploy-to-endpoint': deployToEndpoint,
} satisfies Catalog;
