import { defineCases } from '../../kit/define.ts';
import { trainedTransform } from './node.ts';

export const cases = defineCases(trainedTransform, [{ name: 'it must say what was fitted', expect: { issue: 'parameter_missing' } }]);
