import { defineRun } from '../../kit/define.ts';
import { deployedOnly } from '../deployed-only.ts';
import { webServiceInput } from './node.ts';

export default defineRun(webServiceInput, () => deployedOnly(webServiceInput.title));
