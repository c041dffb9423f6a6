import { defineRun } from '../../kit/define.ts';
import { givenOnly } from '../given-only.ts';
import { trainedModel } from './node.ts';

export default defineRun(trainedModel, () => givenOnly(trainedModel.title));
