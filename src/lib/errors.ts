/**
 * The user's input cannot be used: what was wrong, where, what was expected, what to do.
 * The command line prints the message alone and exits with 2; the site shows it in place.
 */
export class InputError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InputError';
  }
}

/** A number as messages write it: `10,234`. */
export const grouped = (n: number): string => n.toLocaleString('en-GB');
