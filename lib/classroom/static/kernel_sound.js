// The kernel as a sound: its numbers, 4,000 a second. Nothing plays before a button or key asks for it.
import { kernelOf } from './kernel_model.js';

export const KERNEL_RATE = 4000; // steps a second
const [SOUND_MOST, SOUND_LOUD, SOUND_PAUSE] = [8000, 0.22, 900]; // steps; of full scale; milliseconds between strikes
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

/** { start(view), change(view), mute(on), stop(), playing }: strikes again and again, and at once when it changes. */
export function kernelPlayer(alive, told) {
  const player = { playing: false, strikes: 0 };
  let [context, volume, source, timer, soon] = [null, null, null, null, null];
  let view = null;

  function strike() {
    if (!alive()) return player.stop();
    player.strikes += 1;
    const samples = kernelSamples(view);
    const buffer = context.createBuffer(1, samples.length, BUFFER_RATE);
    buffer.copyToChannel(samples, 0);
    const [next, fade, now] = [context.createBufferSource(), context.createGain(), context.currentTime];
    next.buffer = buffer;
    next.playbackRate.value = KERNEL_RATE / BUFFER_RATE;
    next.connect(fade).connect(volume);
    next.start();
    if (source) {
      source.fade.gain.setTargetAtTime(0, now, 0.01); // the last one fades away under the new one
      source.node.stop(now + 0.08);
    }
    source = { node: next, fade };
    return told(player);
  }
  player.start = (first) => {
    view = first;
    const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext;
    if (!Context) return false;
    if (!context) {
      context = new Context();
      volume = context.createGain();
      volume.connect(context.destination);
    }
    context.resume?.();
    player.mute(view.muted);
    player.playing = true;
    strike();
    timer = setInterval(strike, SOUND_PAUSE);
    return true;
  };
  player.change = (next) => {
    view = next;
    if (!player.playing || soon !== null) return;
    soon = setTimeout(() => {
      soon = null;
      if (!player.playing) return;
      clearInterval(timer);
      strike();
      timer = setInterval(strike, SOUND_PAUSE);
    }, 90);
  };
  player.mute = (on) => volume && volume.gain.setTargetAtTime(on ? 0 : SOUND_LOUD, context.currentTime, 0.01);
  player.stop = () => {
    clearInterval(timer);
    clearTimeout(soon);
    [soon, player.playing] = [null, false];
    if (source) {
      source.fade.gain.setTargetAtTime(0, context.currentTime, 0.01);
      source.node.stop(context.currentTime + 0.08);
      source = null;
    }
    told(player);
  };
  player.close = () => {
    player.stop();
    context?.close();
  };
  return player;
}
