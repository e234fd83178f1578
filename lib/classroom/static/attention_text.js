// Words beside a map of attention: their size, and how they are cut.
import { textWidth } from './common.js';

export const WORD_SIZE = 13;

/** A word cut to a width. */
export function cutWord(text, wide, size = WORD_SIZE) {
  let shown = text;
  while (shown.length > 1 && textWidth(shown, size) > wide) shown = shown.replace(/.…?$/, '') + '…';
  return shown;
}
