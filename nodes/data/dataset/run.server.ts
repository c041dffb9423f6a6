import { defineRun } from '../../kit/define.ts';
import { dataset } from './node.ts';

export default defineRun(dataset, async (_inputs, { dataset: { name, version } }, context) => ({ data: await context.dataset(name, version) }));
