/** The views of a run, in the order of their tabs. A new page is one line here. */
export const views = [
  { name: 'Overview', path: '', question: 'What is this run?' },
  { name: 'Components', path: 'components', question: 'What does each component separate?' },
  { name: 'Bias', path: 'bias', question: 'Which are liked more or less than their ratings say?' },
  { name: 'Map', path: 'map', question: 'Which are put side by side?' },
  { name: 'Neighbours', path: 'neighbours', question: 'What is like this one?' },
  {
    name: 'Relations',
    path: 'relations',
    question: 'What is to this one as that one is to another?',
  },
] as const;

/** The address of a run's view, without the site's base. */
export function viewPath(run: string, view: string): string {
  return `/run/${encodeURIComponent(run)}${view ? `/${view}` : ''}`;
}
