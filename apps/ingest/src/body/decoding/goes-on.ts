import { Problem } from '../../http/problem.js';

export const goesOn = (encoding: string): Problem =>
  new Problem(400, `The request goes on after the end of its ${encoding} data`);
