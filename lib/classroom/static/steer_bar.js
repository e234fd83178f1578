// In free play: the number that is read, and what the reader would like to have written.
import { clamp, h, set, uniform } from './common.js';
import { STEER_LARGEST, typedNumber, withNumber, withTarget } from './steer_game.js';

/** Free play: the number, and what the reader would like to have written. */
export function steerBar({ put, state }) {
  const field = (role, text) => {
    const input = h('input', { inputmode: 'numeric', autocomplete: 'off', 'data-role': role, maxlength: 9 }),
      wrong = h('span', { class: 'wrong', role: 'alert' });
    return { input, wrong, node: h('label', { class: 'field' }, text, input) };
  };
  const number = field('number', 'It reads'),
    target = field('target', 'make it write'),
    dice = h('button', { 'data-role': 'dice', text: 'Any number' });
  let drawn = 0;
  function typed({ input, wrong }, most, take, optional) {
    if (optional && !input.value.trim()) {
      set(wrong, { text: '' });
      input.removeAttribute('aria-invalid');
      return take(null);
    }
    const { number: found, error } = typedNumber(input.value, most);
    set(wrong, { text: error ?? '' });
    set(input, { 'aria-invalid': error ? 'true' : null });
    if (!error) take(found);
  }
  number.input.addEventListener('input', () =>
    typed(number, STEER_LARGEST, (found) => found === state().number || put(withNumber(found))),
  );
  target.input.addEventListener('input', () =>
    typed(target, 999_999_999, (found) => found === state().target || put(withTarget(found)), true),
  );
  dice.addEventListener('click', () => {
    const seen = state().number;
    put(withNumber(clamp(Math.floor(uniform(seen, ++drawn) * (STEER_LARGEST + 1)), 0, STEER_LARGEST)));
  });
  const node = h('div', { class: 'row controls' }, number.node, dice, target.node, number.wrong, target.wrong);
  /** A field that is being typed in stays as it is. */
  function draw(now) {
    for (const [{ input, wrong }, value] of [
      [number, now.number],
      [target, now.target],
    ])
      if (document.activeElement !== input && input.getRootNode().activeElement !== input) {
        const text = value === null ? '' : String(value);
        if (input.value !== text) input.value = text;
        set(wrong, { text: '' });
        input.removeAttribute('aria-invalid');
      }
  }
  return { node, draw };
}
