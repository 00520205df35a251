import { InputError } from '../errors.ts';
import { analogy as answer, type Analogy } from '../math/analogy.ts';
import type { Items, Run } from '../run/types.ts';
import { checkDirection, checkWhole, summarise } from './item.ts';
import type { AnalogyAnswer, AnalogyQuery } from './types.ts';

/**
 * The items that best answer “a is to b as c is to …”, best first, of equals the lower row; a, b and c are left out.
 *
 * @throws InputError when the run lacks one of the rows, a is b or c, one of their vectors is all zeros, `count` is
 *   below 1, or b − a + c is zero
 */
export function analogy({ items }: Run, { a, b, c, rule, count }: AnalogyQuery): AnalogyAnswer {
  for (const [name, row] of Object.entries({ a, b, c })) {
    checkWhole(name, row, 0, items.vectors.rows - 1);
    checkDirection(items, row);
  }
  checkWhole('count', count, 1);
  const label = (row: number) => items.labels[row];
  if (a === b) {
    throw new InputError(
      `A and B are both ${label(a)}: there is no difference to carry over to ${label(c)}; name two different ones`,
    );
  }
  if (a === c) {
    throw new InputError(
      `A and C are both ${label(a)}: the answer would be B, ${label(b)}; name another for C`,
    );
  }
  const { rows, values, all } = found(items, { a, b, c, rule, count });
  return {
    rule,
    answers: Array.from(rows, (row, at) => ({ ...summarise(items, row), similarity: values[at] })),
    leftOut: [a, b, c].map((row) => ({
      ...summarise(items, row),
      similarity: all[row],
      rank: rankOf(all, row),
    })),
  };
}

function found({ vectors, labels }: Items, { a, b, c, rule, count }: AnalogyQuery): Analogy {
  try {
    return answer(vectors, { a, b, c }, count, rule);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const asked = `${labels[a]} is to ${labels[b]} as ${labels[c]} is to …`;
    throw new InputError(`“${asked}” has no answer here: ${error.message}; ask by the rule mul`, {
      cause: error,
    });
  }
}

/** From 1; of equals the lower row comes first. */
function rankOf(values: Float64Array, row: number): number {
  let rank = 1;
  for (let i = 0; i < values.length; i++) {
    if (values[i] > values[row] || (values[i] === values[row] && i < row)) rank++;
  }
  return rank;
}
