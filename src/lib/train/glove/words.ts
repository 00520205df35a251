/**
 * Keras's filter characters (ASCII punctuation but the apostrophe) and white space of any kind, as Python's
 * `str.split` knows it.
 */
const SEPARATORS =
  // eslint-disable-next-line no-control-regex
  /[!-&(-/:-@[-`{-~\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
const WHITE_SPACE =
  // eslint-disable-next-line no-control-regex
  /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** The words of a text: in lower case, without ASCII punctuation but the apostrophe, cut at any white space. */
export function plainWords(text: string): string[] {
  return cut(text.toLowerCase(), SEPARATORS);
}

/** What stands between white space in a text, as it stands. */
export function verbatimWords(text: string): string[] {
  return cut(text, WHITE_SPACE);
}

function cut(text: string, separators: RegExp): string[] {
  const words = text.split(separators);
  if (words[words.length - 1] === '') words.pop();
  if (words[0] === '') words.shift();
  return words;
}
