import { cards } from '$lib/server/runs';

export const load = cards;
