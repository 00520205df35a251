/** Keras's filter characters (ASCII punctuation but the apostrophe, tab, newline) and the space. */
const SEPARATORS = /[!-&(-/:-@[-`{-~\t\n ]+/;

/**
 * The words of a text, as `keras.preprocessing.text.text_to_word_sequence` gives them: lower case, filter characters
 * taken as spaces, cut at spaces. Other white space (a carriage return, a no-break space) belongs to the words.
 */
export function tokenise(text: string): string[] {
  const words = text.toLowerCase().split(SEPARATORS);
  if (words[words.length - 1] === '') words.pop();
  if (words[0] === '') words.shift();
  return words;
}

const WORD = /[^!-&(-/:-@[-`{-~\t\n ]/;

/** Whether a text has any word. */
export function hasWords(text: string): boolean {
  return WORD.test(text);
}
