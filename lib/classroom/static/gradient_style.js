// The look of the gradient viewer, beside what every viewer has.
export const GRADIENT_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .question { margin-top: 3px }
.mtm .answer { margin: 6px 0 12px; font-size: 14px; line-height: 1.45; min-height: 5.8em; max-width: 118ch }
.mtm.wide .answer { min-height: 2.9em }
.mtm .answer b { font-weight: 650; display: block }
.mtm .settings { display: flex; flex-wrap: wrap; gap: 8px 26px; align-items: center; padding: 9px 14px;
  background: var(--panel); border-radius: 8px }
.mtm .settings .wide { flex: 1 1 200px } .mtm .settings .wide input { flex: 1; min-width: 60px }
.mtm .settings .wide:first-child { flex-grow: 1.6; flex-basis: 300px }
.mtm .settings input[type=range]::-webkit-slider-runnable-track {
  background: color-mix(in srgb, var(--line), var(--dim) 25%) }
.mtm output { color: var(--ink); font-weight: 600; min-width: 2.6em; text-align: right }
.mtm .choices { display: inline-flex; border: 1px solid var(--line); border-radius: 7px; background: var(--bg) }
.mtm .choice { position: relative; padding: 3px 13px; font-weight: 550; cursor: pointer; border-radius: 6px }
.mtm .choice.on { background: var(--ink); color: var(--bg) }
.mtm .choice input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer }
.mtm .choice:focus-within:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px }
.mtm .pictures { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 6px 24px; margin-top: 14px }
.mtm .pictures h4 { margin-bottom: 2px }
.mtm .plot { cursor: ew-resize; touch-action: pan-y; user-select: none; -webkit-user-select: none }
.mtm .plot:focus-visible { outline: 1.5px dashed var(--accent); outline-offset: 3px; border-radius: 4px }
.mtm .plane { cursor: grab; touch-action: none } .mtm .plane:active { cursor: grabbing }
.mtm .plane [data-eigenvalue], .mtm .plane text { pointer-events: none } .mtm .plane .grip { pointer-events: stroke }
.mtm .halo { paint-order: stroke; stroke: var(--bg); stroke-width: 5px; stroke-linejoin: round }
.mtm .on-panel { paint-order: stroke; stroke: var(--panel); stroke-width: 3px; stroke-linejoin: round }
.mtm .legend { display: flex; flex-wrap: wrap; gap: 3px 20px; margin: 1px 0 4px }
.mtm .legend > span { display: inline-flex; gap: 7px; align-items: center }
.mtm .legend sup, .mtm .legend sub { line-height: 0 }
.mtm .legend svg, .mtm .chip svg { flex: none }
.mtm [data-role=eigen] { min-height: 4.35em; margin-top: 5px }
.mtm .pins { margin-top: 8px; min-height: 30px } .mtm .chips { display: contents }
.mtm .chip { display: inline-flex; gap: 6px; align-items: center; padding: 1px 2px 1px 8px;
  border: 1px solid var(--line);   border-radius: 7px }
.mtm .chip .off { min-height: 24px; min-width: 24px; padding: 0; justify-content: center; border: 0; background: none;
  font-size: 15px; color: var(--dim) }
.mtm .walk { margin-top: 14px; padding-top: 12px; border-top: 1px solid var(--line) }
.mtm .walk [data-role=play] { min-width: 114px; justify-content: center }
.mtm .walk .along input { width: 150px } .mtm .walk .status { flex: 1 1 300px; min-height: 1.45em }
.mtm .strips { position: relative; margin-top: 12px }
.mtm .strips .cells { position: absolute; image-rendering: pixelated; border-radius: 2px }
.mtm .strips .over { position: relative; cursor: ew-resize; touch-action: pan-y; user-select: none;
  -webkit-user-select: none }
.mtm .strips text { pointer-events: none } .mtm .handle { cursor: grab }`;
