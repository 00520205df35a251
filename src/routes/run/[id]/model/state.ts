import { Params } from '../../../../lib/ui/filter/params.ts';

/** All that can be set on the page of a model. */
export interface ModelState {
  /** Whether recurrent layers are drawn step by step. */
  recurrence: 'folded' | 'unrolled';
  /** A layer that is looked at, by its name. */
  layer?: string;
}

/** The state that an address asks for; what it cannot have is left out, and said. */
export function readState(
  search: URLSearchParams,
  { names, recurrent }: { names: readonly string[]; recurrent: boolean },
): { state: ModelState; notices: string[] } {
  const params = new Params(search);
  const state: ModelState = { recurrence: params.choice('recurrence', ['folded', 'unrolled']) };
  if (state.recurrence === 'unrolled' && !recurrent) {
    params.notices.push('This model has no recurrent layer: there is nothing to unroll.');
    state.recurrence = 'folded';
  }
  const layer = search.get('layer');
  if (layer !== null && names.includes(layer)) state.layer = layer;
  else if (layer) params.notices.push(`layer=${layer} is no layer of this model; none is chosen.`);
  return { state, notices: params.notices };
}
