import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A seeded source of random numbers. The same seed gives the same numbers on every machine. */
export interface Random {
  /** A number in [0, 1). */
  uniform(): number;
  /** A number from the standard normal distribution. */
  normal(): number;
  /** A whole number in 0 … n−1. */
  integer(n: number): number;
  /** Puts the array's elements into a random order, in place (Fisher and Yates), and returns it. */
  shuffle<T extends { length: number; [index: number]: unknown }>(array: T): T;
  /** A 32-bit seed for another generator, so that parts of a program draw independently. */
  seed(): number;
}

/**
 * A seeded generator (xoroshiro128+, from pure-rand).
 *
 * @param seed a whole number; only its lower 32 bits count
 */
export function random(seed: number): Random {
  const generator = xoroshiro128plus(seed | 0);
  let spare: number | undefined;
  const uniform = () => uniformFloat64(generator);
  const integer = (n: number) => uniformInt(generator, 0, n - 1);
  return {
    uniform,
    integer,
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    shuffle(array) {
      for (let i = array.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        const swap = array[i];
        array[i] = array[j];
        array[j] = swap;
      }
      return array;
    },
    seed: () => generator.next(),
  };
}
