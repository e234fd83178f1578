// The look of the selection viewer, beside what every viewer has.
export const SELECTION_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .question { margin-top: 3px }
.mtm .bar { margin-top: 10px; justify-content: space-between } .mtm .pick { display: inline-flex; gap: 4px; align-items: center }
.mtm .pick button { padding: 3px 9px } .mtm .pick b { min-width: 6.4em; text-align: center; font-size: 14.5px; color: var(--accent) }
.mtm [data-role=play] { min-width: 82px; justify-content: center }
.mtm .answer { margin-top: 10px; min-height: 3em; max-width: 108ch } .mtm .answer b { font-weight: 650 }
.mtm .legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin-top: 6px }
.mtm .legend span { display: inline-flex; gap: 6px; align-items: center }
.mtm .legend i { width: 12px; height: 12px; border-radius: 2px; background: var(--swatch) }
.mtm .legend i.line { height: 0; border-top: 1.5px solid var(--ink); background: none; border-radius: 0 }
.mtm .legend i.pale { border: 1px solid var(--dim); opacity: .55 }
.mtm .stage { margin-top: 8px; outline-offset: 3px; position: relative }
.mtm .lane { cursor: crosshair; touch-action: pan-y; user-select: none; -webkit-user-select: none }
.mtm .lane text { pointer-events: none }
.mtm .door { touch-action: none } .mtm .door [data-role=knob] { cursor: ns-resize }
.mtm .room-name { position: absolute; left: 0; font-size: 11px; color: var(--dim); line-height: 15px; pointer-events: none }
.mtm .room-name b { display: block; font-size: 13px; font-weight: 650; color: var(--ink) }
.mtm .sum { margin-top: 8px; padding: 9px 14px; background: var(--panel); border-radius: 8px; display: grid;
  grid-template-columns: auto minmax(0, 1fr); gap: 1px 16px; align-items: baseline }
.mtm .sum p { font-size: 14px } .mtm .sum p + p { font-size: 12.5px } .mtm .sum h4 { grid-row: 1 / span 2; min-width: 7.4em }
.mtm .sum .around { grid-column: 2; font: 12.5px/1.6 ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; color: var(--dim); white-space: pre-wrap }
.mtm .sum .around b { color: var(--accent) } .mtm.narrow .sum .around { grid-column: 1 }
.mtm.narrow .sum { grid-template-columns: minmax(0, 1fr) } .mtm.narrow .sum h4 { grid-row: auto }
.mtm .by-hand { margin-top: 10px; padding: 9px 14px; border: 1px solid var(--line); border-radius: 8px }
.mtm .by-hand.on { border-color: var(--accent) } .mtm .by-hand .row { gap: 7px 12px }
.mtm .told[data-bad=true] { color: var(--bad) } .mtm .told:not(:empty) { margin-top: 6px }
.mtm .effect { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 3px 12px; margin-top: 7px }
.mtm .effect pre { margin: 0; padding: 0; background: none; color: var(--ink); white-space: pre-wrap; overflow-wrap: anywhere;
  font: 12.5px/1.5 ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; max-height: 4.5em; overflow: auto }
.mtm .effect pre i { font-style: normal; color: var(--dim) } .mtm .effect pre b { font-weight: 650 }
.mtm .overview { margin-top: 13px; padding-top: 11px; border-top: 1px solid var(--line) }
.mtm .overview > .row { margin-bottom: 7px; gap: 6px 16px }
.mtm .overview .heat-key { margin-left: auto }
.mtm .status { margin-top: 9px; min-height: 1.45em }
@media (pointer: coarse) { .mtm button, .mtm select { min-height: 36px } }`;
