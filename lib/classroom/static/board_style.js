// The look of the board and of what stands below it.
export const BOARD_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 8px 16px }
.mtm .head h3 { font-size: 21px; letter-spacing: -.01em }
.mtm .rounds { display: flex; gap: 6px }
.mtm .rounds button { border-radius: 16px; padding: 3px 13px }
.mtm .rounds button[aria-pressed=true] { background: var(--ink); border-color: var(--ink); color: var(--bg) }
.mtm .rounds b { font-weight: 650 }
.mtm .lead { margin: 5px 0 2px; max-width: 108ch; font-size: 14px }
.mtm .bar { display: flex; flex-wrap: wrap; gap: 4px 22px; align-items: center; margin: 6px 0 10px }
.mtm .bar .row { margin-left: auto }
.mtm .ask { margin-left: 12px; flex: 1; color: var(--dim) }
.mtm .equation { font-size: 14px; color: var(--dim) }
.mtm .key { display: inline-flex; gap: 5px; align-items: center; font-size: 12px; color: var(--dim); margin-right: 12px }
.mtm .key i { width: 13px; height: 11px; border-radius: 2px; background: var(--swatch) }
.mtm .key .lost { background: repeating-linear-gradient(135deg, var(--dim) 0 1px, transparent 1px 4px); border: 1px solid var(--dim) }
.mtm .equation i { font-family: Georgia, "DejaVu Serif", serif; font-size: 15px }
.mtm .equation .keep { color: var(--keep); font-weight: 650 } .mtm .equation .write { color: var(--write); font-weight: 650 }
.mtm .board { position: relative; user-select: none; -webkit-user-select: none }
.mtm .board.scrolls { overflow-x: auto }
.mtm .board svg * { pointer-events: none }
.mtm .dials { position: absolute; cursor: ns-resize; touch-action: none; border-radius: 8px }
.mtm .dials:focus-visible { outline: 2px solid var(--accent); outline-offset: 0 }
.mtm .below { display: grid; gap: 10px 34px; grid-template-columns: minmax(0, 1fr); margin-top: 12px;
  padding-top: 13px; border-top: 1px solid var(--line) }
.mtm .below.wide { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) }
.mtm .status { min-height: 3em } .mtm .here { margin-top: 2px; min-height: 1.45em }
.mtm .score { display: flex; flex-wrap: wrap; gap: 4px 22px; align-items: baseline; margin-bottom: 6px }
.mtm .score span { color: var(--dim); font-size: 12.5px }
.mtm .score [data-role=possible] { margin-left: -14px } .mtm .score b.least { font-size: 13px }
.mtm .score b { margin-left: 5px; font-size: 20px; font-weight: 650; color: var(--ink) }
.mtm .score b[data-right=true] { color: var(--good) } .mtm .score b[data-right=false] { color: var(--bad) }
.mtm .buttons { margin-top: 9px }
.mtm .verdict { font-size: 16px; line-height: 1.35; font-weight: 650 }
.mtm .verdict[data-right=true] { color: var(--good) }
.mtm .lesson { margin-top: 5px }
.mtm .trials { margin-top: 4px; cursor: default } .mtm .trials.picks { cursor: pointer }
.mtm .trials.fresh circle { animation: board-drop .28s both cubic-bezier(.2, .8, .3, 1.2) }
@keyframes board-drop { from { transform: translateY(-26px); opacity: 0 } }
.mtm .share { display: flex; gap: 8px; margin-top: 10px }
.mtm .share textarea { flex: 1; min-width: 0; padding: 4px 9px; resize: none; line-height: 1.4; font: inherit; font-size: 12.5px;
  color: var(--ink); background: var(--panel); border: 1px solid var(--line); border-radius: 7px }
.mtm .network { margin-top: 14px; padding-top: 10px; border-top: 1px solid var(--line) }
.mtm .network .row { gap: 2px 14px }
.mtm .told p { margin-top: 6px } .mtm .told p + p { color: var(--dim); font-size: 12px }
.mtm table.gates { width: 100%; border-collapse: collapse; border: 0; margin: 12px 0 0; font-size: 12.5px }
.mtm table.gates tr { background: none !important }
.mtm table.gates th, .mtm table.gates td { padding: 2px 0 2px 18px; border: 0; border-top: 1px solid var(--line);
  background: none; text-align: right; font-weight: 400; color: inherit }
.mtm table.gates th:first-child { text-align: left; padding-left: 0 }
.mtm table.gates thead th { border: 0; color: var(--dim); font-size: 12px }`;
