import { twoClassForest } from '../trees/forest-trainers.server.ts';
import { twoClassExtremelyRandomisedTrees } from './node.ts';

export default twoClassForest(twoClassExtremelyRandomisedTrees, true);
