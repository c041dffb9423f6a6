// npm run test:faults: the long fault tests (kills, damage, full disks, chaos); the last line is `N passed, N failed`. Arguments go to vitest.
import { conclude, runTests } from './vitest.js';

conclude(await runTests(['faults'], process.argv.slice(2)));
