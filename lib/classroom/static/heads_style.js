// The look of HeadsViewer.
export const HEADS_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .headline { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 8px 16px; margin-bottom: 12px }
.mtm .chosen button[aria-pressed=true] { background: var(--ink); border-color: var(--ink); color: var(--bg) }
.mtm .floor { display: grid; gap: 18px 30px; grid-template-columns: minmax(0, 1fr); align-items: start }
.mtm .floor.wide { grid-template-columns: var(--side) minmax(0, 1fr) }
.mtm .side { display: contents } .mtm .side > * { order: 1 } .mtm .large { order: 2 } .mtm .side .bars { order: 3 }
.mtm .floor.wide .side { display: grid; gap: 14px; min-width: 0 }
.mtm .grid, .mtm .map { position: relative; cursor: pointer; user-select: none; -webkit-user-select: none; justify-self: start; outline-offset: 4px; width: fit-content }
.mtm .grid canvas, .mtm .map canvas { position: absolute }
.mtm .grid svg, .mtm .map svg { position: relative }
.mtm .grid svg *, .mtm .map svg * { pointer-events: none }
.mtm .marks { gap: 6px } .mtm .marks button { min-height: 26px; padding: 1px 9px; font-size: 12px }
.mtm .large .row { justify-content: space-between; min-height: 32px }
.mtm .what { min-height: 1.45em; margin: 0 0 10px !important }
.mtm .large h4 { font-size: 14px }
.mtm .large .foot { margin: 10px 0 0 } .mtm .foot button { min-height: 26px; padding: 1px 9px; font-size: 12px }
.mtm .bars h4 { margin-bottom: 6px }
.mtm .said { display: flex; flex-wrap: wrap; gap: 6px 2px; margin-top: 6px }
.mtm .said > span { display: grid; justify-items: center; align-content: start; min-width: 15px; padding: 2px 3px; border: 1px solid transparent; border-radius: 5px; cursor: pointer; line-height: 1.3 }
.mtm .said .read { font-size: 11px; color: var(--dim) }
.mtm .said b { font-weight: 500; white-space: pre } .mtm .said s { font-size: 11px; color: var(--dim) }
.mtm .said i { height: 3px; min-width: 1px; border-radius: 2px; background: var(--dim); justify-self: start }
.mtm .said .right b { font-weight: 700; color: var(--good); text-decoration: underline; text-underline-offset: 3px }
.mtm .said .right i { background: var(--good) }
.mtm .said .changed { background: var(--panel); border-color: var(--line) } .mtm .said .changed:not(.right) b { color: var(--bad) }
.mtm .said .here { border-color: var(--accent) }
.mtm .told { margin-top: 12px; min-height: 1.5em } .mtm .whole { margin-top: 3px; min-height: 1.5em; font-weight: 600 }
.mtm .marked { margin-top: 6px !important; min-height: 2.9em }
.mtm .scale { gap: 6px; margin: 0; min-height: 0 } .mtm .scale i { width: 56px; height: 9px; border-radius: 2px; border: 1px solid var(--line) }
.mtm .lost { margin-top: 14px }`;
