// The look of the guessing game.
const MONO = 'ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace';

export const GUESSING_STYLE = `
.mtm.guessing { max-width: 1000px }
.mtm [hidden] { display: none !important }
.mtm .head { display: flex; justify-content: space-between; align-items: baseline; gap: 16px }
.mtm .lead { margin: 3px 0 12px; max-width: 100ch }
.mtm .track { height: 4px; border-radius: 2px; background: var(--line); margin-bottom: 12px; overflow: hidden }
.mtm .track i { display: block; height: 100%; background: var(--accent); transition: width .2s }
.mtm .desk { border-radius: 8px }
.mtm .desk:focus-visible { outline: none }
.mtm .desk:focus-visible .tale { outline: 2px solid var(--accent); outline-offset: 1px }
.mtm .tale { height: 232px; overflow-y: auto; padding: 12px 16px 16px; background: var(--panel);
  border: 1px solid var(--line); border-radius: 8px; font: 14px/2.2 ${MONO}; white-space: pre-wrap;
  overflow-wrap: break-word; scrollbar-width: thin }
.mtm .tale.short { height: 190px }
.mtm .got { position: relative; padding: 2px 0; background: var(--tint) }
.mtm .got::after { content: attr(data-rank); position: absolute; left: -3px; right: -3px; top: 21px;
  font: 650 9.5px/1 system-ui, sans-serif; text-align: center; color: var(--rank) }
.mtm .got.far::after { font-size: 7.5px; letter-spacing: -.4px }
.mtm .slot { display: inline-block; min-width: 1.25em; line-height: 1.35; text-align: center; font-weight: 700;
  color: var(--accent); border: 1.5px dashed var(--accent); border-radius: 4px; vertical-align: baseline }
.mtm .desk:focus .slot { border-style: solid; background: var(--bg) }
.mtm .heard { margin: 10px 0 2px; min-height: 1.5em; font-weight: 600 }
.mtm .heard[data-heard=right] { color: var(--good) } .mtm .heard[data-heard=wrong] { color: var(--bad) }
.mtm .tries { display: flex; flex-wrap: wrap; gap: 4px; align-items: center; min-height: 26px; margin-bottom: 8px }
.mtm .tries s { padding: 0 7px; font: 12.5px/22px ${MONO}; color: var(--bad); border: 1px solid var(--line);
  border-radius: 5px; text-decoration-thickness: 1.5px }
.mtm .play { display: grid; gap: 16px 30px; grid-template-columns: minmax(0, 1fr) }
.mtm .play.wide { grid-template-columns: minmax(0, 1fr) 250px }
.mtm .board { display: grid; gap: 5px; user-select: none; -webkit-user-select: none; touch-action: manipulation }
.mtm .keyline { display: flex; gap: 5px; justify-content: center }
.mtm .board button { flex: 1 1 0; max-width: 58px; min-width: 0; min-height: 36px; padding: 2px;
  justify-content: center; font: 14.5px/1 ${MONO}; background: var(--bg) }
.mtm .board button.wide { max-width: none; flex: 3 1 0; font-family: inherit; font-size: 13px }
.mtm .board button.case { max-width: 74px; flex: 1.6 1 0; font-size: 13px; background: var(--panel) }
.mtm .board button.case[aria-pressed=true] { background: var(--ink); color: var(--bg); border-color: var(--ink) }
.mtm .board button[aria-disabled=true] { color: var(--bad); text-decoration: line-through;
  opacity: .55; cursor: default }
.mtm .side { display: grid; grid-template-columns: 1fr 1fr; gap: 14px 34px; align-content: start }
.mtm .play.wide .side { grid-template-columns: 1fr }
.mtm .race { display: grid; grid-template-columns: auto minmax(60px, 1fr) auto; gap: 5px 10px; align-items: center;
  margin-top: 6px; font-size: 12.5px }
.mtm .race i { display: block; height: 10px; border-radius: 2px }
.mtm .figures { font-size: 20px; font-weight: 650; line-height: 1.25; margin-top: 2px }
.mtm .card { display: grid; gap: 18px; margin-top: 16px }
.mtm .card .top { display: grid; gap: 14px 34px; grid-template-columns: minmax(0, 1fr) }
.mtm .card .top.wide { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); align-items: end }
.mtm .card .verdict { font-size: 19px; line-height: 1.35; font-weight: 650 }
.mtm .card p + p { margin-top: 6px }
.mtm table.bounds { width: 100%; border-collapse: collapse; border: 0; table-layout: fixed; font-size: 13px; margin: 0 }
.mtm table.bounds th, .mtm table.bounds td { padding: 6px 0 6px 12px; text-align: right; vertical-align: top;
  font-weight: 400; border: 0; border-top: 1px solid var(--line); background: none; color: var(--ink);
  overflow-wrap: anywhere; white-space: normal }
.mtm table.bounds tr { background: none !important }
.mtm table.bounds thead th { color: var(--dim); font-size: 12px; border: 0; padding-top: 0 }
.mtm table.bounds th:first-child { text-align: left; padding-left: 0; font-weight: 600 }
.mtm table.bounds tfoot td { padding: 0 0 0 12px }
.mtm table.bounds small { display: block; color: var(--dim); font-size: 11px; white-space: nowrap }
.mtm .foot { justify-content: space-between; margin-top: 12px }`;
