import { defineRun } from '../../kit/define.ts';
import { givenOnly } from '../given-only.ts';
import { trainedTransform } from './node.ts';

export default defineRun(trainedTransform, () => givenOnly(trainedTransform.title));
