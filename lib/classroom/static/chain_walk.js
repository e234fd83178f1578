// The walk along a chain: its path, the step under way, play and pause. What is walked is kept in the model's `path`.
import { calm, uniform } from './common.js';
import { sampleStep, walkOf } from './markov.js';
import { LONGEST } from './chain_words.js';

const OFTEN = 700; // while playing, the model hears of the path at most every so many milliseconds

/** A walker: { path, glide, playing, step, play, stop, more, restart, again }.
 *  `put` sets traits and sends them; `glideTo(from, to, share)` moves the dot; `alive()` is false once the page is gone. */
export function walker(model, { put, redraw, glideTo, alive }) {
  const walk = { path: model.get('path').slice(), glide: null, playing: false };
  let runs = 0,
    sent = 0,
    mine = null,
    ticking = false;
  const seed = () => model.get('seed') + 7919 * runs;
  const next = () => sampleStep(model.get('transition')[walk.path.at(-1)], uniform(seed(), walk.path.length));
  const full = () => walk.path.length > LONGEST;

  function send(more = {}) {
    sent = performance.now();
    mine = walk.path.slice();
    put({ ...more, path: mine });
  }

  function leave() {
    if (walk.glide) arrive();
    if (full()) return walk.stop();
    const lasts = Math.min(700, 900 / model.get('speed'));
    walk.glide = { from: walk.path.at(-1), to: next(), began: performance.now(), lasts };
    if (calm() && !walk.playing) arrive();
    else tick();
  }

  function arrive() {
    walk.path.push(walk.glide.to);
    walk.glide = null;
    if (!walk.playing || performance.now() - sent > OFTEN) send();
    else redraw();
  }

  function tick() {
    if (!walk.glide || ticking) return;
    ticking = true;
    requestAnimationFrame(() => {
      ticking = false;
      if (!walk.glide || !alive()) return;
      const { from, to, began, lasts } = walk.glide;
      const share = (performance.now() - began) / lasts;
      if (share < 1) {
        glideTo(from, to, share);
        return tick();
      }
      arrive();
      if (walk.playing) leave();
    });
  }

  walk.step = () => {
    walk.playing = false;
    leave();
  };
  walk.stop = () => {
    if (walk.playing) {
      walk.playing = false;
      send();
    }
  };
  walk.play = () => {
    if (walk.playing) return walk.stop();
    walk.playing = true;
    leave();
  };
  walk.more = (count = 100) => {
    if (walk.glide) arrive();
    for (let k = 0; k < count && !full(); k++) walk.path.push(next());
    send();
    if (walk.playing) leave();
  };
  /** Another matrix or start: the walk so far is walked again with the same random numbers, and all is sent at once. */
  walk.again = (changed, length = walk.path.length) => {
    const { transition, start } = {
      transition: model.get('transition'),
      start: model.get('start'),
      ...changed,
    };
    walk.glide = null;
    walk.path = walkOf(transition, start, seed(), length);
    send({ transition, start });
    if (walk.playing) leave();
  };
  walk.restart = () => {
    walk.playing = false;
    runs += 1;
    walk.again({}, 1);
  };
  /** A cell has set the path. */
  walk.heard = () => {
    if (model.get('path') === mine) return;
    walk.glide = null;
    walk.path = model.get('path').slice();
    redraw();
  };
  return walk;
}
