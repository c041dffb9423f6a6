import { regressionForest } from '../trees/forest-trainers.server.ts';
import { decisionForestRegression } from './node.ts';

export default regressionForest(decisionForestRegression, false);
