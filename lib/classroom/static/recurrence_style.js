// The look of what only the recurrence viewer has.
export const RECURRENCE_STYLE = `
.mtm .question { margin: 3px 0 2px; font-size: 14px }
.mtm .answer { margin: 2px 0 6px; font-size: 15px; min-height: 2.9em; max-width: 110ch }
.mtm.slim .answer, .mtm.slim .formula { min-height: 4.4em } .mtm.slim .settings { min-height: 70px; align-content: start }
.mtm .answer b { font-weight: 650 } .mtm .answer b.right { color: var(--good) }
.mtm .answer b.wrong { color: var(--bad) }
.mtm .tabs { gap: 6px }
.mtm .tabs button[aria-pressed=true] { background: var(--ink); border-color: var(--ink); color: var(--bg) }
.mtm .settings { margin-top: 8px; gap: 6px 18px; min-height: 32px }
.mtm .settings input[type=range] { width: 110px } .mtm label b { color: var(--ink); min-width: 2.6em }
.mtm .formula { margin-top: 7px; min-height: 3em; font-size: 13px }
.mtm .formula code { font-size: 13px; padding: 1px 5px }
.mtm .pairs { margin-top: 8px; padding-top: 9px; border-top: 1px solid var(--line) }
.mtm .pairs .row + .row, .mtm .pairs p + .row { margin-top: 4px }
.mtm .pairs .wide { flex: 1 1 300px }
.mtm .pairs input[type=text] { flex: 1; min-width: 0; min-height: 30px; padding: 3px 9px; font: inherit;
  color: var(--ink); background: var(--panel); border: 1px solid var(--line); border-radius: 7px }
.mtm .wrong.small { color: var(--bad); flex-basis: 100% } .mtm .wrong.small:empty { display: none }
.mtm .time { margin-top: 8px; flex-wrap: nowrap } .mtm .time input { flex: 1; max-width: 420px }
.mtm .time b { white-space: nowrap }
.mtm .strip { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 8px; min-height: 46px }
.mtm .strip span.barred { border-left: 3px solid var(--accent); padding-left: 6px }
.mtm .strip button { display: block; min-width: 84px; padding: 3px 9px 4px; text-align: left; line-height: 1.3 }
.mtm .strip button b { display: block; font-weight: 600; white-space: nowrap }
.mtm .strip button span { font-size: 11.5px; color: var(--dim) }
.mtm .strip button.later { border-style: dashed } .mtm .strip button.later b { color: var(--dim); font-weight: 400 }
.mtm .strip button.old b { text-decoration: line-through; color: var(--dim) }
.mtm .strip button.right span { color: var(--good) }
.mtm .strip button.wrong span { color: var(--bad); font-weight: 600 }
.mtm .strip button.now { background: var(--bg); border-color: var(--ink); box-shadow: 0 0 0 1px var(--ink) }
.mtm .strip button.asked { outline: 2px solid var(--accent); outline-offset: 1px; border-radius: 7px }
.mtm .upper { margin-top: 12px } .mtm .upper.wide { display: flex; gap: 30px; align-items: flex-start }
.mtm .stage { flex: none; border-radius: 4px }
.mtm .stage:focus-visible { outline: 1.5px dashed var(--accent); outline-offset: 4px }
.mtm .lower { display: grid; grid-template-columns: minmax(0, 1fr); gap: 14px 34px; margin-top: 14px;
  padding-top: 12px; border-top: 1px solid var(--line) }
.mtm .lower.wide { grid-template-columns: minmax(0, 62fr) minmax(0, 38fr) }
.mtm .curves svg { margin-top: 4px }
.mtm .ask { display: flex; flex-wrap: wrap; gap: 10px 34px; margin-top: 12px }
.mtm .wide .ask { display: block; flex: 1; min-width: 0; margin-top: 0 }
.mtm .ask h4 { margin-bottom: 6px } .mtm .ask div + div h4 { margin-top: 0 }
.mtm .wide .ask div + div h4 { margin-top: 10px }
.mtm .ask i { display: inline-block; width: 11px; height: 11px; margin: 0 5px 0 2px; vertical-align: -1px }
.mtm .status { font-size: 13.5px; min-height: 5em } .mtm .wide .status { padding-top: 46px }
`;
