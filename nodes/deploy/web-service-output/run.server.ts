import { defineRun } from '../../kit/define.ts';
import { deployedOnly } from '../deployed-only.ts';
import { webServiceOutput } from './node.ts';

export default defineRun(webServiceOutput, () => deployedOnly(webServiceOutput.title));
