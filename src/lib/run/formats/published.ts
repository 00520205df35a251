/** What is known of vectors that are published under a file name of their own. */
export interface Published {
  name: string;
  release: string;
  url: string;
  licence: string;
  citation: string;
  model: string;
}

const GLOVE = {
  url: 'https://nlp.stanford.edu/projects/glove/',
  licence: 'Public Domain Dedication and License (PDDL) 1.0',
  citation:
    'Jeffrey Pennington, Richard Socher and Christopher D. Manning. 2014. GloVe: Global Vectors for Word ' +
    'Representation. Proceedings of EMNLP 2014, 1532–1543. https://aclanthology.org/D14-1162/',
  model: 'glove',
};

/** Stanford's releases, from the project's page. */
const RELEASES: [RegExp, Published][] = [
  [/^glove\.6B\./, { ...GLOVE, name: 'GloVe 6B', release: 'Wikipedia 2014 and Gigaword 5' }],
  [/^glove\.42B\./, { ...GLOVE, name: 'GloVe 42B', release: 'Common Crawl, 42 billion words' }],
  [/^glove\.840B\./, { ...GLOVE, name: 'GloVe 840B', release: 'Common Crawl, 840 billion words' }],
  [
    /^glove\.twitter\.27B\./,
    { ...GLOVE, name: 'GloVe Twitter 27B', release: 'two billion tweets' },
  ],
];

/** What is known of a file of vectors by its name; undefined of any other. */
export function publishedVectors(fileName: string): Published | undefined {
  return RELEASES.find(([pattern]) => pattern.test(fileName))?.[1];
}
