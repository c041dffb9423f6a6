export { turns } from '../kernels/turns.ts';
