/** What the field's terms mean, in one sentence each, and where to read on. `Term.svelte` shows them in place. */

export interface TermEntry {
  sentence: string;
  /** The paper's authors and year, as the link's text. */
  source?: string;
  url?: string;
}

const koren = {
  source: 'Koren, Bell and Volinsky 2009',
  url: 'https://doi.org/10.1109/MC.2009.263',
};
const jolliffe = {
  source: 'Jolliffe and Cadima 2016',
  url: 'https://doi.org/10.1098/rsta.2015.0202',
};
const salton = {
  source: 'Salton, Wong and Yang 1975',
  url: 'https://doi.org/10.1145/361219.361220',
};
const mikolov = {
  source: 'Mikolov, Yih and Zweig 2013',
  url: 'https://aclanthology.org/N13-1090/',
};
const levy = {
  source: 'Levy and Goldberg 2014',
  url: 'https://aclanthology.org/W14-1618/',
};
const grand = {
  source: 'Grand, Blank, Pereira and Fedorenko 2022',
  url: 'https://doi.org/10.1038/s41562-022-01316-8',
};

const maaten = {
  source: 'Van der Maaten and Hinton 2008',
  url: 'https://jmlr.org/papers/v9/vandermaaten08a.html',
};
const venna = {
  source: 'Venna and Kaski 2001',
  url: 'https://doi.org/10.1007/3-540-44668-0_68',
};

export const terms = {
  embedding: {
    sentence:
      'A list of numbers for each item, learnt so that items which behave alike get numbers that are alike.',
    source: 'Mikolov and others 2013',
    url: 'https://arxiv.org/abs/1301.3781',
  },
  'latent factor': {
    sentence:
      'One of the numbers of an embedding: a taste that no one named, learnt because it predicts ratings.',
    ...koren,
  },
  bias: {
    sentence:
      'What is added to every prediction for an item, whoever asks: how well it is liked once the users’ own levels and tastes are accounted for.',
    ...koren,
  },
  component: {
    sentence:
      'A direction in the space of factors, chosen so that the items differ along it as much as possible, and so on among the directions at right angles to it.',
    ...jolliffe,
  },
  score: {
    sentence:
      'Where an item lies along a component: its vector, less the mean vector, projected on the component’s direction.',
    ...jolliffe,
  },
  'explained variance': {
    sentence:
      'The share of all the differences between items that lies along one component; with nothing to find each would have an equal share.',
    ...jolliffe,
  },
  't-SNE': {
    sentence:
      'A map made so that items which are close neighbours in the embedding are close on it; distances between far groups say little.',
    ...maaten,
  },
  perplexity: {
    sentence:
      'About how many neighbours t-SNE lets each item have: small ones show fine groups, large ones the whole.',
    ...maaten,
  },
  'KL divergence': {
    sentence:
      'What t-SNE makes small: how much the neighbourhoods on the map differ from those in the embedding, in nats.',
    ...maaten,
  },
  trustworthiness: {
    sentence:
      'How far neighbours on the map are neighbours in the embedding: 1 when all are, less the farther off those are that the map has put close by.',
    ...venna,
  },
  'neighbours found': {
    sentence:
      'The share of each item’s nearest neighbours in the embedding that the map was made from, where looking through all pairs would take too long.',
    source: 'Jégou, Douze and Schmid 2011',
    url: 'https://doi.org/10.1109/TPAMI.2010.57',
  },
  'neighbours kept': {
    sentence:
      'The share of each item’s nearest neighbours in the embedding that are among its nearest on the map.',
    ...venna,
  },
  'neighbourhood hit': {
    sentence:
      'The share of each item’s nearest on the map that have a value in common with it, such as a genre.',
    source: 'Paulovich, Nonato, Minghim and Levkowitz 2008',
    url: 'https://doi.org/10.1109/TVCG.2007.70443',
  },
  continuity: {
    sentence:
      'How far neighbours in the embedding are neighbours on the map: 1 when all are, less the farther the map has torn them apart.',
    ...venna,
  },
  spectrum: {
    sentence: 'The explained variance of every component, from the largest to the smallest.',
    ...jolliffe,
  },
  convention: {
    sentence:
      'Scores centre each factor over the items, as PCA is usually done; the lesson fits PCA to the transposed matrix, which centres each item over its factors and gives values of unit length.',
    ...jolliffe,
  },
  MSE: {
    sentence:
      'Mean squared error: the average of the squared difference between predicted and true rating; lower is better, and one star off everywhere would be 1.',
  },
  RMSE: {
    sentence:
      'Root mean squared error: the square root of the MSE, so that it is in stars; lower is better.',
  },
  MAE: {
    sentence:
      'Mean absolute error: how many stars a prediction is off on average; lower is better.',
  },
  accuracy: { sentence: 'The share of the answers that are right; higher is better.' },
  loss: { sentence: 'The figure that training makes small; lower is better.' },
  baseline: {
    sentence: 'What a prediction that knows nothing but an average would score on the same data.',
    ...koren,
  },
  validation: {
    sentence: 'Data kept out of training, on which the model is judged.',
  },
  epoch: { sentence: 'One pass of training over all the training data.' },
  seed: {
    sentence:
      'The number from which all randomness is drawn: the same seed on the same rung gives the same run, bit for bit.',
  },
  backend: {
    sentence:
      'What did the arithmetic: a graphics card through CUDA or WebGPU, or the processor through WebAssembly or plain JavaScript.',
  },
  'learning rate': {
    sentence: 'How far each step of training moves the numbers.',
    source: 'Kingma and Ba 2015',
    url: 'https://arxiv.org/abs/1412.6980',
  },
  'batch normalisation': {
    sentence:
      'A layer that shifts and scales its input to mean 0 and variance 1 within each batch, said to speed training up and to curb overfitting.',
    source: 'Ioffe and Szegedy 2015',
    url: 'https://arxiv.org/abs/1502.03167',
  },
  dropout: {
    sentence:
      'Setting a random share of the values to zero in training, so that none is relied on.',
    source: 'Srivastava and others 2014',
    url: 'https://jmlr.org/papers/v15/srivastava14a.html',
  },
  neighbour: {
    sentence: 'An item whose vector is among the closest to this one’s by the chosen measure.',
    ...salton,
  },
  'cosine similarity': {
    sentence:
      'The cosine of the angle between two vectors: 1 for the same direction, 0 for a right angle, −1 for the opposite; length does not matter.',
    ...salton,
  },
  'dot product': {
    sentence:
      'The sum of the products of two vectors’ entries: large when they point the same way and are long, so well-known items are favoured.',
    ...salton,
  },
  'Euclidean distance': {
    sentence: 'The straight-line distance between two vectors; lower is closer.',
  },
  correlation: {
    sentence:
      'Pearson’s r: 1 when two columns of figures rise together in a straight line, 0 when neither tells of the other, −1 when one falls as the other rises.',
    source: 'Rodgers and Nicewander 1988',
    url: 'https://doi.org/10.2307/2685263',
  },
  'rank correlation': {
    sentence: 'Spearman’s ρ: the correlation of two rankings, 1 when they agree in full.',
    source: 'Spearman 1904',
    url: 'https://doi.org/10.2307/1412159',
  },
  'permutation p-value': {
    sentence:
      'How often shuffled figures correlate this strongly by chance, corrected for the number of attributes tried by their maximum.',
    source: 'Nichols and Holmes 2002',
    url: 'https://doi.org/10.1002/hbm.1058',
  },
  polarity: {
    sentence:
      'How much more often a word stands in positive than in negative texts, as the difference of the log odds: 0 in both alike, +1 about 2.7 times as often in positive ones.',
    source: 'Wang and Manning 2012',
    url: 'https://aclanthology.org/P12-2018/',
  },
  analogy: {
    sentence:
      'A is to B as C is to D: the step from A to B, taken from C, should lead near D, that is D ≈ B − A + C.',
    ...mikolov,
  },
  '3CosAdd': {
    sentence:
      'The cosine with B − A + C, each vector at length 1: one large similarity can outweigh two middling ones.',
    ...levy,
  },
  '3CosMul': {
    sentence:
      'The similarity with B times that with C, over that with A, each moved into 0 to 1: no single one outweighs the others.',
    ...levy,
  },
  'position on the line': {
    sentence:
      'Where a vector of length 1 falls when dropped at right angles on the line from one item to the other: 0 at the first, 1 at the second, ½ where both are equally similar.',
    ...grand,
  },
  'distance from the line': {
    sentence:
      'How far from the line a vector of length 1 lies: 0 on it, about 1 when it has next to nothing to do with either end.',
    ...grand,
  },
  'neighbour overlap': {
    sentence:
      'The share of an item’s nearest in either run that are among its nearest in both: 1 when the two lists are the same, 0 when they share none.',
    source: 'Jaccard 1912',
    url: 'https://doi.org/10.1111/j.1469-8137.1912.tb05611.x',
  },
  'rank-weighted overlap': {
    sentence:
      'How far two ordered lists agree, the first places counting most: 1 for one list twice, 0 for nothing shared.',
    source: 'Webber, Moffat and Zobel 2010',
    url: 'https://doi.org/10.1145/1852102.1852106',
  },
  'linear CKA': {
    sentence:
      'How alike the similarities between all items are in two runs, taken together: 1 when one is a rotation and scaling of the other, about 0 when they have nothing to do with each other.',
    source: 'Kornblith, Norouzi, Lee and Hinton 2019',
    url: 'https://arxiv.org/abs/1905.00414',
  },
  RSA: {
    sentence:
      'Representational similarity analysis: whether pairs of items that are more alike than others in one run are so in the other, as a rank correlation.',
    source: 'Kriegeskorte, Mur and Bandettini 2008',
    url: 'https://doi.org/10.3389/neuro.06.004.2008',
  },
  'Procrustes residual': {
    sentence:
      'What is left of the difference, as a share, once one run is turned, mirrored and scaled to lie on the other as well as it can.',
    source: 'Schönemann and Carroll 1970',
    url: 'https://doi.org/10.1007/BF02291266',
  },
  'second-order similarity': {
    sentence:
      'Whether an item is near and far from the same others in two runs: the correlation of its similarities to a hundred of them, 1 for the same and 0 by chance.',
    source: 'Hamilton, Leskovec and Jurafsky 2016',
    url: 'https://aclanthology.org/D16-1229/',
  },
  'principal angles': {
    sentence:
      'The angles between what the factors of two runs span over the items: 0° for a direction that both have, 90° for one that the other has nothing of.',
    source: 'Björck and Golub 1973',
    url: 'https://doi.org/10.2307/2005662',
  },
  'matched component': {
    sentence:
      'The component of the other run that this one is: partners are given out so that their scores correlate as much as possible, whatever the sign.',
    source: 'Kuhn 1955',
    url: 'https://doi.org/10.1002/nav.3800020109',
  },
  percentile: { sentence: 'The share of the items with a lower score, ties counted half.' },
  'raw mean': {
    sentence: 'The plain average of an item’s ratings, whoever gave them.',
  },
} as const satisfies Record<string, TermEntry>;

export type TermName = keyof typeof terms;
