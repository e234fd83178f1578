// The look of what only the receptive field viewer has.
export const RECEPTIVE_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .receptive { position: relative; cursor: crosshair; touch-action: pan-y; margin-top: 8px }
.mtm .receptive canvas { position: absolute; left: 0; top: 0; pointer-events: none }
.mtm .receptive svg { position: relative; pointer-events: none }
.mtm .layer { position: absolute; left: 0; display: flex; gap: 3px; align-items: center; height: 22px;
  border-radius: 6px; padding-left: 5px; cursor: pointer; border: 1px solid transparent }
.mtm .layer.on { border-color: var(--accent) }
.mtm .layer b { flex: 1; font-size: 13px; font-weight: 650 }
.mtm .layer button { min-height: 20px; height: 20px; min-width: 24px; padding: 0 5px; font-size: 11.5px; line-height: 1;
  justify-content: center; border-radius: 5px }
.mtm .answer { min-height: 3em; margin-bottom: 2px; max-width: none }
.mtm.narrow .answer { min-height: 4.5em }
.mtm .bar { margin-bottom: 8px }
.mtm .controls { gap: 8px 20px }
.mtm .set { display: inline-flex; gap: 5px; align-items: center; font-size: 12.5px }
.mtm .set button { min-width: 30px; justify-content: center; padding: 3px 8px }
.mtm .set button[aria-pressed=true] { background: var(--ink); border-color: var(--ink); color: var(--bg) }
.mtm .set .count { min-width: 1.5em; text-align: center }
.mtm .status { min-height: 3em; font-size: 12.5px }
.mtm .panels { margin-top: 8px }
.mtm .costs th, .mtm .costs td { padding-left: 10px } .mtm .costs th:first-child, .mtm .costs td:first-child { padding-left: 0;
  white-space: normal }
.mtm .costs + p { margin-top: 4px }
.mtm .told { margin-top: 3px; font-size: 13.5px; max-width: 70ch } .mtm .told + .told { min-height: 4.5em } .mtm .told.strong { font-weight: 600 }
.mtm .told[data-done=true] { color: var(--good) }
`;
