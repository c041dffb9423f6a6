import { regressionForest } from '../trees/forest-trainers.server.ts';
import { extremelyRandomisedTreesRegression } from './node.ts';

export default regressionForest(extremelyRandomisedTreesRegression, true);
