export { Fifo } from './fifo.js';
