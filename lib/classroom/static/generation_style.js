// The look of the generation viewer, beside what every viewer has.
export const GENERATION_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .question { margin-top: 3px; max-width: 78ch }
.mtm .choices { margin-top: 12px } .mtm .choices select { max-width: 340px }
.mtm .ask { margin-top: 8px } .mtm .ask .long { flex: 1 1 260px }
.mtm .ask input { min-height: 30px; padding: 3px 9px; font: inherit; font-size: 13px; color: var(--ink);
  background: var(--bg); border: 1px solid var(--line); border-radius: 7px; min-width: 0 }
.mtm .ask .long input { flex: 1 } .mtm .ask .short input { width: 62px }
.mtm .ask input:disabled { opacity: .5 }
.mtm .ask .told { min-height: 1.45em; flex-basis: 100% } .mtm .ask .told[data-bad=true] { color: var(--bad) }
.mtm .drive { margin-top: 14px } .mtm .drive .along { flex: 1 1 160px } .mtm .drive .along input { flex: 1 }
.mtm .drive .count { min-width: 6.6em; text-align: right; color: var(--dim); font-size: 12.5px }
.mtm.narrow .drive { gap: 8px 7px } .mtm.narrow .drive .along { flex-basis: 90px }
.mtm.narrow .drive .count { min-width: 5.6em } .mtm .pace { width: 80px } .mtm.narrow .pace { width: 50px }
.mtm .drive button { flex: none } .mtm .drive [data-role=play] { min-width: 78px; justify-content: center }
.mtm .legend { display: flex; flex-wrap: wrap; gap: 4px 18px; align-items: center; margin-top: 10px }
.mtm .legend > span { display: inline-flex; gap: 7px; align-items: center }
.mtm .legend i { width: 130px; height: 11px; border: 1px solid var(--line); border-radius: 3px }
.mtm .lanes { margin-top: 12px; border-top: 1px solid var(--line) }
.mtm .lane { display: grid; grid-template-columns: minmax(0, 1fr) 212px;
  grid-template-rows: auto 1fr; gap: 2px 24px; position: relative;
  padding: 11px 0 12px 12px; border-bottom: 1px solid var(--line) }
.mtm .lane::before { content: ''; position: absolute; left: 0; top: 12px; bottom: 12px; width: 3px; border-radius: 2px;
  background: transparent }
.mtm .lane.on::before { background: var(--accent) }
.mtm.narrow .lane { grid-template-columns: minmax(0, 1fr) 158px; column-gap: 16px }
.mtm .about { display: flex; flex-wrap: wrap; gap: 0 12px; align-items: baseline; min-width: 0 }
.mtm .about b { font-size: 14px; font-weight: 650 } .mtm .about .mean { margin-left: auto }
.mtm .written { grid-column: 1; margin-top: 3px; font: 14px/1.72 ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace;
  white-space: pre-wrap; overflow-wrap: anywhere; font-variant-ligatures: none }
.mtm.narrow .written { font-size: 13px }
.mtm.tight .lane { padding: 7px 0 8px 12px } .mtm.tight .written { line-height: 1.6 }
.mtm.tight .guess { height: 16px; line-height: 16px }
.mtm .written .given { color: var(--dim) }
.mtm .written [data-i] { padding: 2px 0; cursor: pointer }
.mtm .written .later { visibility: hidden }
.mtm .written .next { visibility: visible; color: transparent !important; background: none !important;
  box-shadow: inset 0 -2px var(--accent); cursor: default }
.mtm .written .looked { outline: 2px solid var(--accent); outline-offset: 0; border-radius: 2px }
.mtm .guesses { grid-column: 2; grid-row: 1 / span 2; align-self: start }
.mtm .guess { display: grid; grid-template-columns: 10px 2.7em 1fr 3.2em; align-items: center; height: 18px;
  font-size: 12.5px; line-height: 18px }
.mtm .guess .sign { width: 0; height: 0; border: 4px solid transparent; border-width: 4px 0 4px 6px }
.mtm .legend .guess { display: block; height: auto } .mtm .legend .sign { display: block }
.mtm .guess.drawn .sign { border-left-color: var(--accent) }
.mtm .guess .of { font: 13.5px/18px ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; text-align: center }
.mtm .guess.drawn .of { font-weight: 700 }
.mtm .guess .of.mark { position: relative; top: -2px; font-weight: 700 }
.mtm .guess .track { height: 10px } .mtm .guess .bar { height: 100%; min-width: 1px; border-radius: 0 2px 2px 0;
  background: var(--bar) }
.mtm .guess.drawn .bar { background: var(--accent) } .mtm .guess.drawn { font-weight: 650 }
.mtm .guess .share { text-align: right; font-variant-numeric: tabular-nums }
.mtm .guess.rest { color: var(--dim) }
.mtm .guess.rest .of { font: inherit; font-size: 11.5px; line-height: 18px;
  grid-column: 1 / span 2; text-align: left }
.mtm .guess.rest .sign { display: none }
.mtm .guess.rest .bar { background: none; border: 1px solid var(--line); border-left: 0 }
.mtm.crowd:not(.narrow) .lane { column-gap: 16px;
  grid-template-columns: minmax(0, 1fr) clamp(214px, 100% - 730px, 300px) }
.mtm.crowd:not(.narrow) .rows { display: grid; grid-template: repeat(3, auto) / 1fr 1fr; grid-auto-flow: column;
  column-gap: 10px }
.mtm.crowd:not(.narrow) .guess { grid-template-columns: 10px 1.5em 1fr 2.7em }
.mtm.crowd:not(.narrow) .guess.rest { grid-template-columns: 12px 28px 1fr 2.7em }
.mtm .stage:focus-visible { outline: 1.5px dashed var(--accent); outline-offset: 4px }
.mtm .status { margin-top: 9px; min-height: 1.45em }
@media (pointer: coarse) { .mtm .written { line-height: 2 } }`;
