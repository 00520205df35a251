import { MEASURES, type Measure } from '../../../lib/analysis/runsMatrix.ts';

/** Neighbours that can be asked for. */
export const NEIGHBOURS = [5, 10, 20, 50];
/** More are too many to be read in one picture. */
export const MOST = 26;

/** What the address asks for, and what it asks for in vain. */
export interface MatrixState {
  /** Ids of runs that there are, each once. */
  chosen: string[];
  measure: Measure;
  k: number;
  notices: string[];
}

/** Reads `runs=a,b,c&measure=cka&k=10`. */
export function readState(query: URLSearchParams, known: readonly string[]): MatrixState {
  const notices: string[] = [];
  const asked = [...new Set((query.get('runs') ?? '').split(',').filter(Boolean))];
  for (const id of asked) {
    if (!known.includes(id)) notices.push(`There is no run “${id}”; it is left out.`);
  }
  const found = asked.filter((id) => known.includes(id));
  if (found.length > MOST) {
    notices.push(`Of ${found.length} runs only the first ${MOST} are compared.`);
  }
  const named = query.get('measure');
  const measure = MEASURES.find((name) => name === named);
  if (named !== null && !measure) {
    notices.push(`There is no measure “${named}”; neighbour overlap is shown.`);
  }
  const text = query.get('k');
  const k = NEIGHBOURS.find((n) => String(n) === text);
  if (text !== null && k === undefined) {
    notices.push(`k can be ${NEIGHBOURS.join(', ')}; 10 is taken in place of “${text}”.`);
  }
  return { chosen: found.slice(0, MOST), measure: measure ?? 'overlap', k: k ?? 10, notices };
}
