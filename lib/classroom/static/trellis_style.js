// The look of what only the trellis viewer has.
export const TRELLIS_STYLE = `
.mtm .trellis { margin-top: 2px } .mtm .trellis .node, .mtm .trellis .seen { cursor: pointer }
.mtm .trellis .seen:hover .face { stroke: var(--accent); stroke-width: 2 }
.mtm .trellis text { pointer-events: none }
.mtm .stage.close { margin-top: 3px }
.mtm .stage.close:focus-visible { outline-offset: 1px; border-radius: 4px }
.mtm .strip { cursor: ew-resize; touch-action: pan-y }
.mtm .asked { margin: 3px 0 2px; font-size: 14px } .mtm .asked + .answer { margin-top: 0; max-width: none }
.mtm .asked + .answer.narrow { min-height: 4.5em } .mtm .reading.narrow { min-height: 2.9em }
.mtm .ground { paint-order: stroke; stroke: var(--panel); stroke-width: 3.5px; stroke-linejoin: round }
.mtm .bar { gap: 6px 22px; justify-content: space-between; margin: 14px 0 4px; border-bottom: 1px solid var(--line) }
.mtm .bar .tabs { margin: 0; border: 0 } .mtm .bar .row { margin-bottom: 5px }
.mtm .reading { min-height: 1.45em; margin-bottom: 8px }
.mtm .sums { border-collapse: collapse; margin-top: 6px; font-size: 12.5px; width: 100%; table-layout: auto }
.mtm .sums th, .mtm .sums td { padding: 2px 8px 2px 0; text-align: right; border: 0;
  background: none; color: inherit }
.mtm .sums td { white-space: nowrap }
.mtm .sums th { font-weight: 500; font-size: 11.5px; color: var(--dim); vertical-align: bottom }
.mtm .sums th:first-child, .mtm .sums td:first-child { text-align: left }
.mtm .sums tr.total td { border-top: 1px solid var(--line); font-weight: 600 }
.mtm .sums tr.won td { font-weight: 650 }
.mtm .sums td.gauge { width: 20%; min-width: 44px; padding: 2px 0 2px 6px; font-weight: 400; text-align: left }
.mtm .gauge i { display: block; height: 9px; border-radius: 2px; min-width: 1px }
.mtm .gauge i + i { margin-top: 2px }
.mtm .chip { display: inline-block; width: 10px; height: 10px; border-radius: 50%; margin-right: 6px }
.mtm .leave { display: grid; grid-template-columns: auto minmax(60px, 1fr) 3.2em auto; gap: 5px 12px;
  align-items: center;  margin-top: 6px; font-size: 12.5px }
.mtm .leave.many { gap: 1px 12px } .mtm .leave input { width: 100% }
.mtm .leave .picked { font-weight: 650 }
.mtm .leave output { text-align: right }
.mtm .said { min-height: 3em; font-size: 13px }
`;
