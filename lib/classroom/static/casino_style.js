// The look of the casino game.
export const CASINO_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .head { display: flex; justify-content: space-between; align-items: baseline; gap: 16px }
.mtm .lead { margin: 3px 0 14px; max-width: 100ch }
.mtm .floor { display: grid; gap: 18px 30px; grid-template-columns: minmax(0, 1fr) }
.mtm .floor.wide { grid-template-columns: minmax(0, 1fr) 286px }
.mtm .floor.wide .panel { order: 2 }
.mtm .table { justify-self: center; cursor: crosshair; touch-action: pan-y;
  user-select: none; -webkit-user-select: none }
.mtm .table.over { cursor: default }
.mtm .table:focus-visible { outline-offset: 6px }
.mtm .table rect, .mtm .table path { pointer-events: none }
.mtm .panel { display: grid; gap: 10px; align-content: start }
.mtm .panel .figures { font-size: 16px; font-weight: 650 }
.mtm .panel .verdict { font-size: 17px; line-height: 1.35; font-weight: 650 }
.mtm .panel .verdict:empty { display: none }
.mtm table.scores { width: 100%; max-width: 560px; border-collapse: collapse; border: 0; font-size: 13px; margin: 0 }
.mtm table.scores tr { background: none !important }
.mtm table.scores th, .mtm table.scores td { padding: 5px 0 5px 12px; border: 0; border-top: 1px solid var(--line);
  text-align: right; font-weight: 400; color: inherit; background: none; vertical-align: middle }
.mtm table.scores th:first-child { text-align: left; padding-left: 0; white-space: nowrap }
.mtm table.scores thead th { border: 0; padding-top: 0; color: var(--dim); font-size: 12px; line-height: 1.3;
  vertical-align: bottom }
.mtm table.scores thead th:nth-child(2), .mtm table.scores td.share { text-align: left }
.mtm table.scores td.share { width: 46% }
.mtm table.scores td.share i { display: inline-block; height: 10px; border-radius: 2px; margin-right: 7px }
.mtm table.scores [data-row=you] { font-weight: 650 } .mtm table.scores [data-row=you] th,
.mtm table.scores [data-row=you] td { font-weight: 650 }
.mtm .spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap }`;
