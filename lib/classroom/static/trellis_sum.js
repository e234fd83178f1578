// How the chosen node's number came about: one row for each state, with the numbers.
import { h, set } from './common.js';
import { decimal, shown } from './chain_words.js';
import { rivals } from './trellis_model.js';
import { digits3, log2digits, nodeSentence } from './trellis_words.js';

/** The columns of a view, for the chosen node: { head, rows: [{ state, cells, bars, won }], total }.
 *  A bar is [state, share of the width, opacity]. */
export function sumTable(view) {
  if (view.show === 'posterior') return both(view);
  if (view.at === 0) return begun(view);
  return view.show === 'forward' ? arrived(view) : won(view);
}

function shownAt({ dice, symbols, observations, at }) {
  const symbol = symbols[observations[at]];
  return dice ? `a\u00a0${symbol}` : `“${shown(symbol, 6)}”`;
}

function begun({ now, state, states, show, at, observations, ...view }) {
  const p = now.emission[state][observations[at]];
  const product = now.initial[state] * p;
  const name = shown(states[state]);
  const log = show === 'best path';
  const say = log ? (x) => log2digits(Math.log(x)) : digits3;
  const shows = `${log ? '+' : '×'} shows ${shownAt({ ...view, observations, at })}`;
  return {
    head: ['', `${log ? 'log ' : ''}P(begins in ${name})`, shows, log ? '= together' : '= product'],
    rows: [{ state, cells: [say(now.initial[state]), say(p), say(product)], bars: [[state, product, 1]] }],
    total: log ? null : [`÷ ${digits3(now.scale[0])} for all states`, decimal(now.filtered[0][state])],
  };
}

/** Forward: before x way x what is seen, added up over the predecessors and divided by the sum over all states. */
function arrived(view) {
  const { now, at, state, states, observations } = view;
  const shows = now.emission[state][observations[at]];
  const products = now.filtered[at - 1].map((p, i) => p * now.transition[i][state] * shows);
  const sum = products.reduce((a, b) => a + b, 0);
  const name = shown(states[state]);
  return {
    head: ['from', 'P(there before)', `× goes to ${name}`, `× shows ${shownAt(view)}`, '= product'],
    rows: products.map((product, i) => ({
      state: i,
      cells: [digits3(now.filtered[at - 1][i]), digits3(now.transition[i][state]), digits3(shows), digits3(product)],
      bars: [[i, product / Math.max(now.scale[at], 1e-300), 1]],
    })),
    total: [`sum ${digits3(sum)} ÷ ${digits3(now.scale[at])} for all states`, decimal(now.filtered[at][state])],
  };
}

/** Best path: the logarithm of each way in; the largest wins. */
function won(view) {
  const { now, at, state, states, observations } = view;
  const logs = rivals(now, at, state);
  const best = now.from[at][state];
  const shows = Math.log(now.emission[state][observations[at]]);
  const name = shown(states[state]);
  return {
    head: ['from', 'best path there (log)', `+ goes to ${name}`, '= way in', 'against the best'],
    rows: logs.map((log, i) => ({
      state: i,
      won: i === best && log > -Infinity,
      cells: [
        log2digits(now.delta[at - 1][i]),
        log2digits(Math.log(now.transition[i][state])),
        log2digits(log),
        i === best ? 'wins' : log === -Infinity ? 'no way' : `× ${digits3(Math.exp(log - logs[best]))}`,
      ],
      bars: [[i, logs[best] === -Infinity ? 0 : Math.exp(log - logs[best]), 1]],
    })),
    total: [`winner, + shows ${shownAt(view)} (${log2digits(shows)})`, log2digits(now.delta[at][state])],
  };
}

/** Posterior: what the forward pass gave x what the later observations make of it. */
function both({ now, at, states }) {
  return {
    head: ['', 'forward alone', '× what follows', '= all known'],
    rows: states.map((_, j) => ({
      state: j,
      cells: [decimal(now.filtered[at][j]), now.future[at][j].toFixed(2), decimal(now.posterior[at][j])],
      bars: [
        [j, now.filtered[at][j], 0.5],
        [j, now.posterior[at][j], 1],
      ],
    })),
    total: null,
  };
}

/** The panel: { node, draw(view, palette) }. */
export function sumPanel() {
  const title = h('h4');
  const said = h('p', { class: 'said', 'data-role': 'node' });
  const table = h('table', { class: 'sums' });
  const node = h('div', {}, title, said, table);

  function row(view, palette, { state, cells, bars, won: first }) {
    const chip = h('span', { class: 'chip', style: `background:${palette.states[state]}` });
    const bar = ([j, share, opacity]) => {
      const wide = `width:${(100 * Math.min(1, share)).toFixed(1)}%`;
      return h('i', { style: `${wide};background:${palette.states[j]};opacity:${opacity}` });
    };
    const name = h('td', {}, chip, shown(view.states[state], 12));
    const gauge = h('td', { class: 'gauge' }, ...bars.map(bar));
    const texts = cells.map((text) => h('td', { text }));
    return h('tr', { class: first ? 'won' : null, 'data-row': state }, name, ...texts, gauge);
  }

  function draw(view, palette) {
    const { head, rows, total } = sumTable(view);
    const word = view.dice ? 'Roll' : 'Step';
    set(title, { text: `${word} ${view.at + 1}, ${shown(view.states[view.state])}` });
    set(said, { text: nodeSentence(view) });
    const keep = (text) => text.replace(/^([×+=]) /, '$1\u00a0'); // a sign stays with its word
    const heads = h('tr', {}, ...head.map((text) => h('th', { scope: 'col', text: keep(text) })), h('td'));
    const cell = (text, more) => h('td', { text, ...more });
    const foot =
      total &&
      h(
        'tr',
        { class: 'total' },
        cell(total[0], { colspan: head.length - 1 }),
        cell(total[1], { 'data-role': 'total' }),
        h('td'),
      );
    table.replaceChildren(...[heads, ...rows.map((it) => row(view, palette, it)), foot].filter(Boolean));
  }
  return { node, draw };
}
