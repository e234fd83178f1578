// The look of the gate viewer, beside what every viewer has.
export const GATE_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .question { margin-top: 3px }
.mtm .answer { margin-top: 10px; min-height: 3em; max-width: 104ch }
.mtm .bar { margin-top: 10px; justify-content: space-between } .mtm .bar b { min-width: 5.6em; text-align: center }
.mtm .pick { display: inline-flex; gap: 4px; align-items: center } .mtm .pick button { padding: 3px 9px }
.mtm .pick b { font-size: 14.5px; color: var(--accent) }
.mtm [data-role=play] { min-width: 82px; justify-content: center }
.mtm .over { display: flex; flex-wrap: wrap; gap: 4px 20px; align-items: center; margin-top: 8px }
.mtm .legend { display: flex; flex-wrap: wrap; gap: 2px 16px }
.mtm .legend span { display: inline-flex; gap: 6px; align-items: center }
.mtm .part { display: flex; gap: 8px; align-items: center; margin-left: auto }
.mtm .part button { min-height: 26px; padding: 0 9px; font-size: 12px }
.mtm .legend i.was { height: 0; width: 18px; border-top: 1.5px dashed var(--ink); border-radius: 0 }
.mtm .legend i { width: 12px; height: 12px; border-radius: 2px }
.mtm .story { margin-top: 8px; outline-offset: 3px }
.mtm .lanes { cursor: crosshair; touch-action: pan-y; user-select: none; -webkit-user-select: none }
.mtm .sum { margin-top: 8px; padding: 9px 14px; background: var(--panel); border-radius: 8px; display: grid;
  grid-template-columns: auto minmax(0, 1fr); gap: 1px 16px; align-items: baseline }
.mtm .sum p { font-size: 14.5px; white-space: pre-wrap } .mtm .sum h4 { grid-row: 1 / span 2; min-width: 7.4em }
.mtm.narrow .sum { grid-template-columns: minmax(0, 1fr) } .mtm.narrow .sum p { font-size: 12.5px }
.mtm .hold { margin-top: 12px; padding: 10px 14px 11px; border: 1px solid var(--line); border-radius: 8px }
.mtm .hold.on { border-color: var(--accent) } .mtm .hold .row { gap: 7px 9px }
.mtm .hold select { max-width: min(440px, 100%) } .mtm .hold label { min-width: 0 }
.mtm .values { display: inline-flex } .mtm .values button { border-radius: 0; margin-left: -1px }
.mtm .values button:first-child { border-radius: 7px 0 0 7px; margin-left: 0 }
.mtm .values button:last-child { border-radius: 0 7px 7px 0 }
.mtm .hold [aria-pressed=true] { background: var(--ink); border-color: var(--ink); color: var(--bg); font-weight: 650;
  opacity: 1 }
.mtm .told { margin-top: 6px } .mtm .told[data-bad=true] { color: var(--bad) }
.mtm .effect { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 3px 12px; margin-top: 8px;
  padding-top: 8px; border-top: 1px solid var(--line) }
.mtm .effect > p { grid-column: 1 / -1 }
.mtm .effect pre { margin: 0; padding: 0; background: none; color: var(--ink); white-space: pre-wrap;
  overflow-wrap: anywhere; font: 12.5px/1.5 ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; max-height: 4.5em; overflow: auto }
.mtm .effect pre i { font-style: normal; color: var(--dim) }
.mtm .effect pre b { font-weight: 650; color: var(--ink) }
.mtm .overview { margin-top: 14px; padding-top: 12px; border-top: 1px solid var(--line) }
.mtm .overview > .row { margin-bottom: 7px; justify-content: space-between }
.mtm .status { margin-top: 9px; min-height: 1.45em }
@media (pointer: coarse) { .mtm button, .mtm select { min-height: 36px } }`;
