import { multiclassForest } from '../trees/forest-trainers.server.ts';
import { multiclassDecisionForest } from './node.ts';

export default multiclassForest(multiclassDecisionForest, false);
