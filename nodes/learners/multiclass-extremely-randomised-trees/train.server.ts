import { multiclassForest } from '../trees/forest-trainers.server.ts';
import { multiclassExtremelyRandomisedTrees } from './node.ts';

export default multiclassForest(multiclassExtremelyRandomisedTrees, true);
