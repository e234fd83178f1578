// The kernel as a sound: its numbers, 4,000 a second; in the task its steps, slow enough to count. Nothing plays before a
// button or key asks for it.
import { KNOCK_RATE, knockOnce, knockSamples } from './kernel_knock.js';
import { kernelOf } from './kernel_model.js';

export const KERNEL_RATE = 4000; // steps a second
const [SOUND_MOST, SOUND_LOUD] = [8000, 0.22]; // steps; of full scale
const [SOUND_PAUSE, SOUND_STEPS] = [900, 3700]; // milliseconds from one strike to the next; from one rhythm to the next
const BUFFER_RATE = 8000; // every browser takes this one; played at half speed

/** The samples of a kernel, the loudest of them 1 or −1, cut where all that follows is below a thousandth. */
export function kernelSamples({ eigenvalues, step, weights }) {
  const kernel = kernelOf(eigenvalues, step, weights, SOUND_MOST);
  const loudest = kernel.reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1;
  let end = SOUND_MOST;
  while (end > 1 && Math.abs(kernel[end - 1]) < 1e-3 * loudest) end--;
  const samples = new Float32Array(end + 40); // a little silence, so that the end is no click
  for (let l = 0; l < end; l++) {
    const fade = end === SOUND_MOST ? Math.min(1, (end - l) / 400) : 1;
    samples[l] = (fade * kernel[l]) / loudest;
  }
  return samples;
}

/** What is heard of a view: { samples, rate, pause, steps: whether they are steps that an eye can follow }. */
const soundOf = (view) =>
  view.delay
    ? { samples: knockSamples(view), rate: KNOCK_RATE, pause: SOUND_STEPS, steps: true }
    : { samples: kernelSamples(view), rate: KERNEL_RATE, pause: SOUND_PAUSE, steps: false };

/** { start(view), change(view), knock(view), answer(view), mute(on), stop(), playing }: strikes again and again. What is
 *  changed is heard at once, a rhythm from its next beginning on; knock: wood, once; answer: what comes out, once. */
export function kernelPlayer(alive, told) {
  const player = { playing: false, strikes: 0 };
  let [context, volume, source, timer, soon] = [null, null, null, null, null];
  let view = null;

  function ready() {
    const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext;
    if (!Context) return false;
    if (!context) {
      context = new Context();
      volume = context.createGain();
      volume.connect(context.destination);
    }
    context.resume?.();
    player.mute(view.muted);
    return true;
  }
  function sound({ samples, rate, steps }) {
    const buffer = context.createBuffer(1, samples.length, BUFFER_RATE);
    buffer.copyToChannel(samples, 0);
    const [next, fade] = [context.createBufferSource(), context.createGain()];
    next.buffer = buffer;
    next.playbackRate.value = rate / BUFFER_RATE;
    next.connect(fade).connect(volume);
    next.start();
    hush(); // the last one fades away under the new one
    source = { node: next, fade };
    player.strikes += 1;
    told(player, steps);
  }
  function hush() {
    if (source) {
      source.fade.gain.setTargetAtTime(0, context.currentTime, 0.01);
      source.node.stop(context.currentTime + 0.08);
    }
    source = null;
  }
  function strike() {
    clearTimeout(timer);
    if (!alive()) return player.stop();
    const made = soundOf(view);
    timer = setTimeout(strike, made.pause);
    return sound(made);
  }
  player.start = (first) => {
    view = first;
    if (!ready()) return false;
    player.playing = true;
    strike();
    return true;
  };
  player.change = (next) => {
    const other = ['delay', 'input', 'word'].some((name) => next[name] !== view?.[name]);
    view = next;
    if (!player.playing || soon !== null || (next.delay && !other)) return;
    soon = setTimeout(() => {
      soon = null;
      if (player.playing) strike();
    }, 90);
  };
  player.knock = (now) => {
    view = now;
    if (ready()) sound({ samples: knockOnce(), rate: KNOCK_RATE, steps: false });
  };
  player.answer = (now) => {
    view = now;
    if (ready() && alive()) sound({ samples: knockSamples({ ...now, given: null }), rate: KNOCK_RATE, steps: true });
  };
  player.mute = (on) => volume && volume.gain.setTargetAtTime(on ? 0 : SOUND_LOUD, context.currentTime, 0.01);
  player.stop = () => {
    clearTimeout(timer);
    clearTimeout(soon);
    [soon, player.playing] = [null, false];
    hush();
    told(player, false);
  };
  player.close = () => {
    player.stop();
    context?.close();
  };
  return player;
}
