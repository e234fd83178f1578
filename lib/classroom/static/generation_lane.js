// One lane: a model, what it has written so far, and what it thinks of the place that is looked at.
import { h, set } from './common.js';
import { inkOn, shade } from './palette.js';
import { MOST_BITS, barRows, bitsOf, lookedAt, meanBits, placeTitle, seen, share2 } from './generation_words.js';

/** The tint of a surprise. */
export const tint = (bits, palette) => shade(palette.sequential, Math.min(1, bits / MOST_BITS));

/** A lane of run `lane`, the k-th: { node, letters, draw }. low: a new line is a sign and begins none; guessed: how
 *  many at most are told of a place. */
export function lanePanel(lane, k, low, guessed) {
  const letters = [...lane.text];
  // empty lines take no room
  const end = (i) => (!low && letters[i] === '\n' && letters[i + 1] !== '\n' ? '\n' : '');
  const plain = (i) => (letters[i] === '\n' ? '⏎' : letters[i]) + end(i);
  const spans = letters.map((character, i) => h('span', { 'data-i': i, class: 'later', text: plain(i) }));
  const written = h(
    'div',
    { class: 'written', role: 'img', 'data-role': 'written' },
    h('span', { class: 'given', text: lane.prompt }),
    ...spans,
  );
  const mean = h('span', { class: 'dim small mean', 'data-role': 'mean' });
  const about = [lane.year, lane.keeps && `keeps ${lane.keeps}`].filter(Boolean);
  const head = h(
    'div',
    { class: 'about' },
    h('b', { text: lane.model }),
    ...about.map((text) => h('span', { class: 'dim small', text })),
    mean,
  );
  const guesses = guessPanel();
  const node = h('div', { class: 'lane', 'data-lane': k }, head, guesses.node, written);
  let drawn = { n: 0, place: null, bg: null };

  function colour(palette) {
    spans.forEach((span, i) => {
      const fill = tint(bitsOf(lane.probabilities[i]), palette);
      span.style.background = fill;
      span.style.color = inkOn(fill);
    });
  }

  function write(n) {
    const [low, high] = [Math.min(n, drawn.n), Math.max(n, drawn.n)];
    for (let i = low; i <= Math.min(high, spans.length - 1); i++)
      spans[i].className = i < n ? '' : i === n ? 'later next' : 'later';
  }

  /** n: characters written. hover, pin: a character of this lane or null. active: the lane that the keys move in. */
  function draw({ n, hover, pin, active, playing }, palette) {
    const look = lookedAt(letters.length, n, hover, pin);
    if (drawn.bg !== palette.bg) colour(palette);
    if (drawn.n !== n || drawn.bg === null) write(n);
    if (drawn.place !== null) mark(drawn.place, false);
    const place = look.why === 'next' ? null : look.place;
    if (place !== null) mark(place, true);
    drawn = { n, place, bg: palette.bg };
    node.classList.toggle('on', active);
    const bits = meanBits(lane.probabilities, n);
    set(mean, { text: bits === null ? '' : `own surprise ${bits.toFixed(2)} bits` });
    guesses.draw(barRows(lane, letters, look.place, guessed), placeTitle(look), palette);
    if (!playing)
      set(written, { 'aria-label': `${lane.model}: ${lane.prompt}${letters.slice(0, n).join('')}` });
    return look;
  }

  /** The place that is looked at: outlined, and a space shows itself. */
  function mark(i, on) {
    spans[i].classList.toggle('looked', on);
    set(spans[i], { text: on ? seen(letters[i]) + end(i) : plain(i) });
  }
  return { node, letters, draw };
}

/** Five bars and a sixth: { node, draw }. */
function guessPanel() {
  const title = h('div', { class: 'dim small', 'data-role': 'place' });
  const rows = Array.from({ length: 9 }, () => {
    const of = h('span', { class: 'of' });
    const bar = h('div', { class: 'bar' });
    const share = h('span', { class: 'share' });
    const [sign, track] = [h('span', { class: 'sign' }), h('div', { class: 'track' }, bar)];
    const row = h('div', { class: 'guess' }, sign, of, track, share);
    return { row, of, bar, share };
  });
  const list = h('div', { class: 'rows', role: 'img' }, ...rows.map(({ row }) => row));
  const node = h('div', { class: 'guesses', 'data-role': 'guesses' }, title, list);

  function draw(given, name, palette) {
    set(title, { text: name });
    node.style.setProperty('--bar', palette.states[0]);
    rows.forEach(({ row, of, bar, share }, k) => {
      row.hidden = k >= given.length;
      if (row.hidden) return;
      const { character, share: p, drawn, rest } = given[k];
      row.className = `guess${drawn ? ' drawn' : ''}${rest ? ' rest' : ''}`;
      set(row, { 'data-character': character, 'data-share': p });
      set(of, { text: rest ? character : seen(character) });
      of.className = `of${character === ' ' ? ' mark' : ''}`;
      bar.style.width = `${100 * p}%`;
      set(share, { text: share2(p) });
    });
    const told = given.map((r) => `${seen(r.character)} ${share2(r.share)}${r.drawn ? ' (drawn)' : ''}`);
    set(list, { 'aria-label': `${name}: ${told.join(', ')}` });
  }
  return { node, draw };
}
