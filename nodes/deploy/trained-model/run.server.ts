import { defineRun } from '../../kit/define.ts';
import { deployedOnly } from '../deployed-only.ts';
import { trainedModel } from './node.ts';

export default defineRun(trainedModel, () => deployedOnly(trainedModel.title));
