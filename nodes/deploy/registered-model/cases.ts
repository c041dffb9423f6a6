import { defineCases } from '../../kit/define.ts';
import { registeredModel } from './node.ts';

export const cases = defineCases(registeredModel, [{ name: 'it asks for a model', expect: { issue: 'parameter_missing' } }]);
