import { twoClassForest } from '../trees/forest-trainers.server.ts';
import { twoClassDecisionForest } from './node.ts';

export default twoClassForest(twoClassDecisionForest, false);
