// The look of every viewer: type, spacing, controls. Colours come as CSS variables from palette.js.
export const STYLE = `
.mtm { box-sizing: border-box; max-width: 1180px; padding: 18px 20px 14px; border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--bg); color: var(--ink);
  font: 13.5px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow: hidden; text-align: left }
.mtm *, .mtm *::before { box-sizing: border-box }
.mtm h3, .mtm h4, .mtm p { margin: 0; padding: 0; font-family: inherit; color: inherit }
.mtm h3 { font-size: 17px; line-height: 1.3; font-weight: 650; letter-spacing: -.005em }
.mtm h4 { font-size: 12.5px; line-height: 1.4; font-weight: 600 }
.mtm .dim { color: var(--dim) }
.mtm .small { font-size: 12px; line-height: 1.45 }
.mtm .row { display: flex; flex-wrap: wrap; gap: 8px 10px; align-items: center }
.mtm label { display: inline-flex; gap: 7px; align-items: center; color: var(--dim); font-size: 12.5px }
.mtm button { display: inline-flex; gap: 7px; align-items: center; min-height: 30px; padding: 3px 11px;
  font: inherit; font-size: 12.5px;
  font-weight: 500; color: var(--ink); background: var(--panel); border: 1px solid var(--line);
  border-radius: 7px; cursor: pointer;
  transition: border-color .12s, background-color .12s }
.mtm button:hover:not(:disabled) { border-color: var(--dim) }
.mtm button:disabled { opacity: .45; cursor: default }
.mtm button.main { background: var(--ink); border-color: var(--ink); color: var(--bg) }
.mtm select { min-height: 30px; padding: 3px 8px; font: inherit; font-size: 12.5px; font-weight: 600;
  color: var(--ink); background: var(--panel);
  border: 1px solid var(--line); border-radius: 7px; cursor: pointer }
.mtm input[type=range] { -webkit-appearance: none; appearance: none; min-width: 0; height: 18px; margin: 0;
  background: transparent; cursor: pointer }
.mtm input[type=range]::-webkit-slider-runnable-track { height: 4px; border-radius: 2px;
  background: var(--line) }
.mtm input[type=range]::-moz-range-track { height: 4px; border-radius: 2px; background: var(--line) }
.mtm input[type=range]::-webkit-slider-thumb { -webkit-appearance: none; width: 16px; height: 16px;
  margin-top: -6px; border: 2px solid var(--bg);
  border-radius: 50%; background: var(--accent) }
.mtm input[type=range]::-moz-range-thumb { width: 12px; height: 12px; border: 2px solid var(--bg);
  border-radius: 50%; background: var(--accent) }
.mtm input[type=checkbox] { accent-color: var(--accent); margin: 0 }
.mtm:focus, .mtm :focus { outline: none }
.mtm :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 7px }
.mtm code { white-space: pre; font: .93em ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace;
  background: var(--panel); color: inherit;
  padding: 0 3px; border-radius: 4px }
.mtm svg { display: block; overflow: visible }
.mtm svg text { font-family: inherit; fill: var(--ink) }
.mtm svg text.dim { fill: var(--dim) }
.mtm kbd { font-family: inherit; font-size: 11px; line-height: 1.3; box-shadow: none; color: var(--dim);
  border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 4px;
  padding: 1px 5px; background: var(--bg); white-space: nowrap }
.mtm .keys { display: flex; flex-wrap: wrap; gap: 3px 14px; margin-top: 12px; font-size: 11.5px;
  color: var(--dim) }
@media (prefers-reduced-motion: reduce) { .mtm * { transition: none !important; animation: none !important } }
`;
