// What every viewer shares: one frame, one look, one way with keys, random numbers and pages without a kernel.
import { PALETTES } from './palette.js';
import { STYLE } from './style.js';

export const clamp = (x, low, high) => Math.max(low, Math.min(high, x));

/** The t-th uniform number in [0, 1) of a seed. Counted, not carried: step 7 is step 7 however one came there. */
export function uniform(seed, t) {
  let x = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(t + 1, 0xc2b2ae35)) >>> 0;
  for (const [shift, factor] of [
    [16, 0x21f0aaad],
    [15, 0x735a2d97],
  ])
    x = Math.imul(x ^ (x >>> shift), factor) >>> 0;
  return ((x ^ (x >>> 15)) >>> 0) / 4294967296;
}

/** Little-endian uint16 codes -> Float32Array on [low, high]. Takes a DataView, a buffer or base64 text. */
export function decode16(codes, low, high) {
  if (typeof codes === 'string') codes = Uint8Array.from(atob(codes), (c) => c.charCodeAt(0));
  const view = new DataView(codes.buffer ?? codes, codes.byteOffset ?? 0, codes.byteLength);
  const step = (high - low) / 65535;
  return Float32Array.from(
    { length: view.byteLength >> 1 },
    (_, i) => low + view.getUint16(2 * i, true) * step,
  );
}

/** 'light' or 'dark': from the trait or, for 'auto', from JupyterLab, VS Code, Colab, then the system. */
export function themeOf(wish, doc = document, win = window) {
  if (wish === 'light' || wish === 'dark') return wish;
  const lab = doc.body.dataset.jpThemeLight;
  if (lab) return lab === 'true' ? 'light' : 'dark';
  const code = doc.body.dataset.vscodeThemeKind || doc.body.className || '';
  if (/vscode-(high-contrast-)?light/.test(code)) return 'light';
  if (/vscode-(dark|high-contrast)/.test(code)) return 'dark';
  const colab = doc.documentElement.getAttribute('theme');
  if (colab) return colab === 'dark' ? 'dark' : 'light';
  return win.matchMedia?.('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** What to do with a key pressed inside a viewer.
 *  Bare keys stop here: JupyterLab would take `d d` as "delete the cell". Combinations with Ctrl, Meta, Alt pass.
 *  A second Escape in a row leaves the viewer. */
export function keyGuard(escapes, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return { stop: false, leave: false, escapes };
  if (event.key !== 'Escape') return { stop: true, leave: false, escapes: 0 };
  return escapes === 0 ? { stop: true, leave: false, escapes: 1 } : { stop: false, leave: true, escapes: 0 };
}

/** Stands in for the model on a page without a kernel: the same get, set, on, off, save_changes. */
export function staticModel(state) {
  const values = { ...state },
    listeners = new Map();
  const of = (name) => listeners.get(name) ?? [];
  return {
    get: (key) => values[key],
    set(key, value) {
      if (values[key] === value) return;
      values[key] = value;
      for (const name of ['change:' + key, 'change'])
        of(name)
          .slice()
          .forEach((call) => call());
    },
    on: (name, call) => listeners.set(name, [...of(name), call]),
    off: (name, call) => listeners.set(name, call ? of(name).filter((c) => c !== call) : []),
    save_changes() {},
    send() {},
  };
}

/** An element: h('button', { class: 'x', onclick: f, text: 'Go' }, ...children); 'svg:path' makes SVG.
 *  An attribute that is null or undefined is left out. */
export function h(tag, attributes = {}, ...children) {
  const svg = tag.startsWith('svg:');
  const node = svg
    ? document.createElementNS('http://www.w3.org/2000/svg', tag.slice(4))
    : document.createElement(tag);
  set(node, attributes);
  node.append(...children.filter((child) => child != null));
  return node;
}

/** Sets attributes, text (`text`) and listeners (`on...`) of an element. */
export function set(node, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'text') {
      if (node.textContent !== String(value)) node.textContent = value;
    } else if (value == null) node.removeAttribute(key);
    else node.setAttribute(key, value);
  }
  return node;
}

/** `code` spans in a sentence become <code>; nothing else is marked up. */
export const marked = (text) => text.split('`').map((part, i) => (i % 2 ? h('code', { text: part }) : part));

const ICONS = {
  play: 'M4 2.5v11l9-5.5z',
  pause: 'M4 2.5h3v11H4zM9 2.5h3v11H9z',
  step: 'M3 2.5v11l7-5.5zM11 2.5h2v11h-2z',
  more: 'M2 3v10l5.5-5zM8 3v10l5.5-5z',
  restart: 'M8 2a6 6 0 1 0 6 6h-2a4 4 0 1 1-4-4v2.6L12.2 3 8-.6z',
};

/** A drawn icon (fonts without the glyph would show a box). */
export const icon = (name) =>
  h(
    'svg:svg',
    { viewBox: '0 0 16 16', width: 13, height: 13, 'aria-hidden': 'true' },
    h('svg:path', { d: ICONS[name], fill: 'currentColor' }),
  );

/** The width of a text in pixels. */
export function textWidth(text, size) {
  const pen = (textWidth.pen ??= document.createElement('canvas').getContext('2d'));
  pen.font = `600 ${size}px system-ui, "Noto Sans", "DejaVu Sans", sans-serif`;
  return pen.measureText(text).width;
}

/** Does the reader ask for less motion? */
export const calm = () => Boolean(window.matchMedia?.('(prefers-reduced-motion: reduce)').matches);

function watchTheme(redraw) {
  const seen = new MutationObserver(redraw);
  const names = {
    attributes: true,
    attributeFilter: ['data-jp-theme-light', 'class', 'data-vscode-theme-kind', 'theme'],
  };
  for (const node of [document.body, document.documentElement]) seen.observe(node, names);
  const system = window.matchMedia?.('(prefers-color-scheme: dark)');
  system?.addEventListener?.('change', redraw);
  return () => {
    seen.disconnect();
    system?.removeEventListener?.('change', redraw);
  };
}

function guardKeys(root) {
  let escapes = 0;
  root.addEventListener('focusin', (event) => {
    if (!root.contains(event.relatedTarget)) escapes = 0;
  });
  root.addEventListener('keydown', (event) => {
    const verdict = keyGuard(escapes, event);
    escapes = verdict.escapes;
    if (verdict.stop) event.stopPropagation();
    if (!verdict.leave) return;
    document.activeElement?.blur?.();
    root.parentElement?.closest('[tabindex]')?.focus?.();
  });
}

/** A viewer's own style, for its own root only: on a page with several viewers a rule of one must not dress another.
 *  `kind` is the class that the root gets: root.classList.add(kind). */
export const scoped = (style, kind) => h('style', { text: style.replaceAll('.mtm', `.mtm.${kind}`) });

/** The frame of a viewer: root element, theme, width, one draw per animation frame from the whole state.
 *  `draw(palette, width)` gets the colours and the inner width. data-frame, data-draw-ms and data-theme are for tests. */
export function frame({ model, el, label, draw }) {
  // it can hold the focus, so that a click on a bare spot leaves the keys with the viewer
  const root = h('div', { class: 'mtm', role: 'group', tabindex: -1, 'aria-label': label });
  el.append(h('style', { text: STYLE }), root);
  guardKeys(root);
  let wanted = false,
    gone = false,
    hidden = 0,
    frames = 0;
  const heard = [];
  function paint() {
    wanted = false;
    if (gone) return;
    if (root.clientWidth === 0) {
      // hidden: JupyterLab hides the page while it changes the theme
      if (hidden++ < 30) setTimeout(redraw, 100);
      return;
    }
    hidden = 0;
    const theme = themeOf(model.get('theme') ?? 'auto'),
      palette = PALETTES[theme],
      started = performance.now();
    if (root.dataset.theme !== theme) {
      for (const [name, value] of Object.entries(palette)) {
        if (typeof value === 'string') root.style.setProperty('--' + name, value);
      }
    }
    root.style.colorScheme = theme;
    const pad = parseFloat(getComputedStyle(root).paddingLeft) * 2;
    const focused = document.activeElement;
    draw(palette, root.clientWidth - pad);
    // a button that ends its own use, such as "to the end", would drop the focus and with it the keys
    if (root.contains(focused) && focused.disabled) root.focus({ preventScroll: true });
    Object.assign(root.dataset, { theme, frame: ++frames, drawMs: (performance.now() - started).toFixed(2) });
  }
  const redraw = () => {
    if (!wanted) {
      wanted = true;
      requestAnimationFrame(paint);
    }
  };
  const unwatch = watchTheme(redraw);
  const size = new ResizeObserver(redraw);
  size.observe(root);
  const listen = (names, call) =>
    names.forEach((name) => {
      model.on('change:' + name, call);
      heard.push([name, call]);
    });
  listen(['theme'], redraw);
  function dispose() {
    gone = true;
    unwatch();
    size.disconnect();
    heard.forEach(([name, call]) => model.off('change:' + name, call));
    el.replaceChildren();
  }
  return { root, redraw, listen, dispose };
}
