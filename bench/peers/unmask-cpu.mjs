// Unmask on the CPU path that answers where there is no WebGPU.
import { createOn } from './unmask.mjs';

export { layout } from './unmask.mjs';
export const create = (job) => createOn('cpu', job);
