// What AttentionViewer knows and counts: the sentence shown, links, alignment error, agreement. Pure.
import { clamp, decode16 } from './common.js';

/** The maps of all sentences, one after the other in the bytes: [{ source, target, gold, possible, weights, damage }];
 *  weights and damage are Float32Array, T x S, damage null where there is none. */
export function attentionSentences(sentences, weights, damage, ranges) {
  const all = decode16(weights, ...ranges._weights),
    harm = ranges._damage ? decode16(damage, ...ranges._damage) : null;
  let at = 0;
  return sentences.map((sentence) => {
    const size = sentence.source.length * sentence.target.length,
      part = (values) => values && values.subarray(at, at + size),
      whole = { ...sentence, weights: part(all), damage: part(harm) };
    at += size;
    return whole;
  });
}

const rowOf = (values, t, columns) => values.subarray(t * columns, (t + 1) * columns);
const mostOf = (row) => row.reduce((best, x, s) => (x > row[best] ? s : best), 0);
const linkKey = ([i, j]) => `${i},${j}`;
const asSet = (links) => new Set((links ?? []).map(linkKey));

/** Links [i, j] of the largest weight of each row, or of all of at least the threshold; "<end>" makes none. */
export function attentionLinks({ source, target, weights }, threshold = null) {
  const columns = source.length,
    rows = target.length - (target.at(-1) === '<end>' ? 1 : 0),
    links = [];
  for (let t = 0; t < rows; t++) {
    const row = rowOf(weights, t, columns);
    // weights come in steps of 1/65535
    if (threshold !== null) row.forEach((x, s) => x >= threshold - 1e-5 && links.push([s, t]));
    else if (Math.max(...row) > 1e-5) links.push([mostOf(row), t]);
  }
  return links;
}

/** 1 - (|A and S| + |A and P|) / (|A| + |S|); null without gold, and where there is no link at all. */
export function attentionError(links, { gold, possible }) {
  if (!gold || links.length + gold.length === 0) return null;
  const sure = asSet(gold),
    may = asSet([...gold, ...(possible ?? [])]),
    among = (set) => links.filter((link) => set.has(linkKey(link))).length;
  return 1 - (among(sure) + among(may)) / (links.length + gold.length);
}

/** Rows in which most weight and most damage are at one word: { same, compared, apart: [t, ...] }; null without. */
export function attentionAgreement({ source, target, weights, damage }) {
  if (!damage) return null;
  const apart = [];
  let compared = 0;
  target.forEach((_, t) => {
    const [a, d] = [weights, damage].map((values) => rowOf(values, t, source.length));
    if (Math.max(...a) <= 1e-5 || Math.max(...d) <= 0) return;
    compared++;
    if (mostOf(a) !== mostOf(d)) apart.push(t);
  });
  return { same: compared - apart.length, compared, apart };
}

/** The scale of a layer over all sentences: { low, high, signed }. */
export function layerScale(sentences, layer) {
  if (layer === 'attention') return { low: 0, high: 1, signed: false };
  const most = sentences.reduce((m, { damage }) => damage.reduce((n, x) => Math.max(n, Math.abs(x)), m), 0) || 1,
    least = sentences.reduce((m, { damage }) => damage.reduce((n, x) => Math.min(n, x), m), 0);
  return least < -0.01 * most ? { low: -most, high: most, signed: true } : { low: 0, high: most, signed: false };
}

/** How a link of the model stands to gold: "sure", "possible" or "wrong"; null without gold. */
export function linkVerdict(link, { gold, possible }) {
  if (!gold) return null;
  if (asSet(gold).has(linkKey(link))) return 'sure';
  return asSet(possible).has(linkKey(link)) ? 'possible' : 'wrong';
}

/** All that is drawn and said. state: sentence, pinned, layer, show_gold, threshold; hover: a row or null. */
export function attentionView(state, sentences, hover, cursor) {
  const at = clamp(state.sentence, 0, sentences.length - 1),
    shown = sentences[at],
    rows = shown.target.length,
    row = clamp(hover ?? state.pinned ?? cursor, 0, rows - 1),
    layer = shown.damage ? state.layer : 'attention',
    links = attentionLinks(shown, state.threshold);
  return {
    ...{ ...shown, at, count: sentences.length, row, layer, links, threshold: state.threshold },
    pinned: state.pinned !== null && state.pinned < rows ? state.pinned : null,
    showGold: state.show_gold && Boolean(shown.gold),
    values: layer === 'damage' ? shown.damage : shown.weights,
    scale: layerScale(sentences, layer),
    harmScale: shown.damage ? layerScale(sentences, 'damage') : null,
    error: attentionError(links, shown),
    harmError: shown.damage ? attentionError(attentionLinks({ ...shown, weights: shown.damage }), shown) : null,
    agreement: attentionAgreement(shown),
  };
}

/** Where a key moves the row; null for another key. */
export function attentionRow(key, row, rows) {
  const to = { ArrowUp: row - 1, ArrowDown: row + 1, Home: 0, End: rows - 1 }[key];
  return to === undefined ? null : clamp(to, 0, rows - 1);
}
