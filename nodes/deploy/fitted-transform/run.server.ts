import { defineRun } from '../../kit/define.ts';
import { deployedOnly } from '../deployed-only.ts';
import { fittedTransform } from './node.ts';

export default defineRun(fittedTransform, () => deployedOnly(fittedTransform.title));
