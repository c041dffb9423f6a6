import { catalog } from '#nodes/catalog.ts';
import type { Catalog } from '#nodes/kit/define.ts';

const known: Catalog = catalog;

/** The name of an output as on the canvas; its stable name, where the node type is not known. */
export const portTitle = (type: string, port: string): string => known[type]?.outputs[port]?.title ?? port;
