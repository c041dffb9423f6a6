import { defineRun } from '../../kit/define.ts';
import { givenOnly } from '../given-only.ts';
import { registeredModel } from './node.ts';

export default defineRun(registeredModel, () => givenOnly(registeredModel.title));
