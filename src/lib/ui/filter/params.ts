/** Reads settings out of an address, keeping what cannot be used as sentences for the person. */
export class Params {
  readonly search: URLSearchParams;
  /** What was wrong with the address and what is shown instead. */
  readonly notices: string[] = [];

  constructor(search: URLSearchParams) {
    this.search = search;
  }

  /**
   * A whole number in `from … to`. What is out of range is moved to the nearer end, what is no number
   * becomes `fallback`; both are said.
   */
  whole<F extends number | undefined>(
    name: string,
    fallback: F,
    from: number,
    to: number,
    outOfRange: (asked: number, used: number) => string = (asked, used) =>
      `${name}=${asked} is not in ${from} to ${to}; ${used} is used.`,
  ): number | F {
    const text = this.search.get(name);
    if (text === null) return fallback;
    if (!/^[+-]?\d+$/.test(text.trim())) {
      const instead = fallback === undefined ? 'it is left out' : `${fallback} is used`;
      this.notices.push(`${name}=${text} is not a whole number; ${instead}.`);
      return fallback;
    }
    const asked = Number(text);
    const used = Math.min(to, Math.max(from, asked));
    if (used !== asked) this.notices.push(outOfRange(asked, used));
    return used;
  }

  /** One of a few words; anything else becomes the first of them, and is said. */
  choice<T extends string>(name: string, among: readonly [T, ...T[]]): T {
    const text = this.search.get(name);
    if (text === null) return among[0];
    const found = among.find((word) => word === text);
    if (!found) {
      this.notices.push(`${name}=${text} is not one of ${among.join(', ')}; ${among[0]} is used.`);
    }
    return found ?? among[0];
  }
}
