// The look of the game.
export const STEER_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 8px 16px }
.mtm .head h3 { font-size: 21px; letter-spacing: -.01em }
.mtm .rounds { display: flex; flex-wrap: wrap; gap: 6px; align-items: center }
.mtm .rounds button { border-radius: 16px; padding: 3px 13px }
.mtm .rounds button[aria-pressed=true] { background: var(--ink); border-color: var(--ink); color: var(--bg) }
.mtm .lead { margin: 6px 0 0; max-width: 104ch; font-size: 14px; min-height: 1.5em }
.mtm .goal { margin: 6px 0 0; font-size: 17px; line-height: 1.35; overflow-wrap: anywhere } .mtm .goal b { font-weight: 650 }
.mtm .line { display: grid; grid-template: 66px / 64px minmax(0, 1fr) 150px; gap: 0 14px; align-items: center; margin: 10px 0 8px;
  padding: 2px 16px; background: var(--panel); border-radius: 10px }
.mtm .line.narrow { grid-template: "reads says" 27px "german german" 56px / 1fr auto; padding: 4px 16px }
.mtm .line.narrow .german { grid-area: german }
.mtm .line .reads { font-size: 15px; color: var(--dim) }
.mtm .line .german { line-height: 1.3; font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere }
.mtm .line .german u { color: var(--said); text-decoration-thickness: 2px; text-underline-offset: 5px }
.mtm .line .german i { font-style: normal; cursor: pointer } .mtm .line .german .here { background: var(--line); border-radius: 5px }
.mtm .line .says { font-size: 19px; font-weight: 650; text-align: right; white-space: nowrap }
.mtm .line .says[data-right=true] { color: var(--good) } .mtm .line .says[data-number=false] { color: var(--dim); font-weight: 500 }
.mtm .line[data-solved=true] { box-shadow: inset 5px 0 0 var(--good) }
.mtm input[type=range]:disabled { opacity: .35; cursor: default }
.mtm .floor { display: grid; gap: 12px 24px; grid-template-columns: minmax(0, 1fr) }
.mtm .floor.wide { grid-template-columns: minmax(0, 1fr) 270px }
.mtm .map { cursor: grab; touch-action: pan-y; user-select: none; -webkit-user-select: none; outline-offset: 4px; justify-self: start }
.mtm .map.held { cursor: grabbing } .mtm .map svg * { pointer-events: none }
.mtm .panel { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; align-content: start; overflow-wrap: anywhere }
.mtm .panel .about { display: grid; grid-template-columns: minmax(0, 1fr); gap: 3px; align-content: start }
.mtm .panel .about b { font-weight: 650 }
.mtm .panel .pull input { flex: 1; width: 100% } .mtm .panel .pull { display: flex; width: 100% }
.mtm .panel .pull b { min-width: 3.2em; text-align: right; color: var(--ink); font-weight: 650 }
.mtm .done { display: flex; flex-wrap: wrap; gap: 6px 18px; align-items: center } .mtm .floor.wide .done > * { flex: 1 0 100% }
.mtm .done .main { flex: none !important } .mtm summary { cursor: pointer; color: var(--dim) } .mtm details p { margin-top: 4px }
.mtm .verdict { font-size: 16px; line-height: 1.35; font-weight: 650; color: var(--good) }
.mtm .verdict[data-now=false] { color: var(--ink); font-weight: 600 }
.mtm .field input { width: 6.2em; min-height: 30px; padding: 3px 9px; font: inherit; font-size: 14px; font-weight: 600;
  color: var(--ink); background: var(--bg); border: 1px solid var(--dim); border-radius: 7px }
.mtm .field.game { margin-left: 6px } .mtm .field.game input { width: 3.6em; padding: 3px 7px }
.mtm .field input[aria-invalid=true] { border-color: var(--bad) } .mtm .wrong { color: var(--bad); font-size: 12.5px }
.mtm .controls { margin-top: 8px }
.mtm .card { display: grid; gap: 8px; border-top: 1px solid var(--line); padding-top: 10px; margin-top: 12px }
.mtm .card textarea { width: 100%; max-width: 640px; padding: 7px 10px; resize: vertical; font: 12px/1.5 ui-monospace, "DejaVu Sans Mono", monospace;
  color: var(--ink); background: var(--panel); border: 1px solid var(--line); border-radius: 7px; white-space: pre; overflow-x: auto }
.mtm .key { display: inline-flex; gap: 6px; align-items: center; font-size: 12px; color: var(--dim) }
.mtm .key i { width: 15px; height: 13px; border-radius: 3px; border: 1px solid var(--line) }`;
