// The look of the state viewer, beside what every viewer has.
export const STATE_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .asked { margin-top: 3px; font-size: 14px }
.mtm .answer { margin: 1px 0 0; font-size: 14px; min-height: 3em } .mtm .answer b { font-weight: 650 }
.mtm.broad .answer { min-height: 1.5em }
.mtm .controls { gap: 8px 16px; margin-top: 8px } .mtm .controls select { max-width: 240px }
.mtm .stepper { display: inline-flex; gap: 5px; align-items: center }
.mtm .stepper input { width: 62px; min-height: 30px; padding: 3px 6px; font: inherit; font-size: 12.5px; font-weight: 600;
  color: var(--ink); background: var(--panel); border: 1px solid var(--line); border-radius: 7px }
.mtm .stepper button { padding: 3px 8px } .mtm .stepper path { fill: currentColor }
.mtm .pace { width: 76px } .mtm .drive [data-role=play] { min-width: 78px; min-height: 28px; justify-content: center }
.mtm .over .drive { align-self: center } .mtm .upper + .over { margin-top: 10px; align-items: center }
.mtm .upper { display: grid; grid-template-columns: minmax(0, 1fr) 236px; gap: 10px 26px; margin-top: 14px }
.mtm .upper.alone { grid-template-columns: minmax(0, 1fr) }
.mtm.narrow .upper { grid-template-columns: minmax(0, 1fr) 196px; gap: 10px 16px }
.mtm .over { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 2px 16px; align-items: baseline;
  margin-bottom: 4px }
.mtm .stage { margin-top: 12px } .mtm .stage .over + .heat { margin-top: 0 }
.mtm .stage:focus-visible { outline: 1.5px dashed var(--accent); outline-offset: 4px }
.mtm .told { overflow-y: auto; padding: 3px 2px 2px; cursor: pointer }
.mtm .told.letters { max-height: calc(8 * 1.85em + 5px); font: 14px/1.85 ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace;
  white-space: pre-wrap; overflow-wrap: anywhere; font-variant-ligatures: none }
.mtm.narrow .told.letters { font-size: 13px }
.mtm .told.letters span { padding: 2px 0 }
.mtm .told.chips { max-height: 208px; display: flex; flex-wrap: wrap; gap: 6px 5px; align-content: flex-start; font-size: 14px }
.mtm .told.chips span { padding: 2px 8px; border-radius: 6px; border: 1px solid var(--line) }
.mtm .told .holds { box-shadow: 0 1.5px 0 var(--bg), 0 3.5px 0 var(--ink) }
.mtm .told .here { outline: 2px solid var(--accent); outline-offset: 0; border-radius: 2px }
.mtm .who .ranks { display: grid; margin: 4px 0 6px }
.mtm .who button { display: grid; grid-template-columns: 2.1em 4.7em minmax(0, 1fr) 3em; gap: 0 6px; min-height: 23px;
  padding: 0 7px 0 5px; border-color: transparent; background: none; text-align: left; font-weight: 400 }
.mtm .who button.on { background: var(--panel); border-color: var(--accent); font-weight: 650 }
.mtm .who .track { position: relative; height: 9px;
  background: linear-gradient(var(--line), var(--line)) 50% 0 / 1px 100% no-repeat }
.mtm .who .track i { position: absolute; top: 0; bottom: 0; border-radius: 1px }
.mtm .who .r, .mtm .who .place { text-align: right } .mtm .who .name { white-space: nowrap }
.mtm .chart { cursor: crosshair; touch-action: pan-y }
.mtm .chart .halo { paint-order: stroke; stroke: var(--bg); stroke-width: 4px; stroke-linejoin: round }
.mtm .units { margin-top: 10px } .mtm .colours { gap: 2px 18px } .mtm .overview { margin-top: 6px; cursor: ew-resize }
.mtm .groups { display: flex; flex-wrap: wrap; gap: 2px 14px; margin-top: 4px }
.mtm .groups span { display: inline-flex; gap: 6px; align-items: center }
.mtm .groups i { width: 11px; height: 6px; border-radius: 1px }
.mtm .status { margin-top: 8px; min-height: 1.45em }
`;
