import { constants } from 'node:os';

/** A request that is answered with this error number. */
export class Refusal extends Error {
  /** Negative, as in Node's own errors. */
  readonly errno: number;

  constructor(code: keyof typeof constants.errno) {
    super(code);
    this.errno = -constants.errno[code];
  }
}
