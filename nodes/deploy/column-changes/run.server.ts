import { defineRun } from '../../kit/define.ts';
import { deployedOnly } from '../deployed-only.ts';
import { columnChanges } from './node.ts';

export default defineRun(columnChanges, () => deployedOnly(columnChanges.title));
