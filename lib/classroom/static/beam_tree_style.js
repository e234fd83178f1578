// The look of what only the beam tree viewer has.
export const BEAM_STYLE = `
.mtm .tree { margin-top: 6px; touch-action: pan-y }
.mtm .tree .node, .mtm .tree .head { cursor: pointer } .mtm .tree [data-kind=phantom] { cursor: default }
.mtm .tree .node:hover rect:nth-of-type(2) { stroke: var(--accent) }
.mtm .tree text { pointer-events: none }
.mtm .answer { max-width: 120ch; margin: 6px 0 }
.mtm .controls { gap: 8px 20px; margin: 8px 0 2px } .mtm .dial input { width: 92px }
.mtm .dial.long input { width: 240px }
.mtm .dial b { color: var(--ink); min-width: 2.6em; white-space: nowrap }
.mtm .legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin-top: 6px }
.mtm .legend span { display: inline-flex; gap: 6px; align-items: center }
.mtm .story { margin: 0 0 8px; min-height: 4.6em }
.mtm .sums tr.cut td { border-top: 1.5px dashed var(--bad) }
.mtm .sums tr.skip td { border-top: 1.5px dotted var(--dim) }
.mtm .sums tr { cursor: pointer } .mtm .sums .text { text-align: left }
.mtm .panels.wide { grid-template-columns: minmax(0, 54fr) minmax(0, 46fr) }
.mtm .sums td.text, .mtm .sums td.whole { white-space: normal } .mtm .sums tr.missed td { color: var(--bad) !important }
.mtm .sums tr.gone td { color: var(--dim) }
.mtm .sums tr.kept td { color: var(--ink) } .mtm .sums tr.kept.won td { font-weight: 700 }
.mtm .sums tr.chosen td { box-shadow: inset 0 -2px 0 var(--accent) }
.mtm .sums tr.gone td:first-child { text-decoration: line-through }
.mtm .whole .small { white-space: nowrap }
.mtm .tag { display: inline-block; margin-left: 7px; padding: 0 6px; border: 1.5px solid; border-radius: 9px;
  font-size: 11px; line-height: 1.35; font-weight: 500; color: var(--ink); cursor: inherit }
`;
