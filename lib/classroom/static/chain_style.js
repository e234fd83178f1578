// The look of what only the chain viewer has.
export const CHAIN_STYLE = `
.mtm .answer { margin: 4px 0 12px; font-size: 14px; max-width: 105ch; min-height: 3em }
.mtm .answer b { font-weight: 650 }
.mtm .panels { display: grid; grid-template-columns: minmax(0, 1fr); gap: 14px 34px; margin-top: 12px }
.mtm .panels.wide { grid-template-columns: minmax(0, 47fr) minmax(0, 53fr) }
.mtm .stack { display: grid; gap: 16px; align-content: start }
.mtm .apart { justify-content: space-between; margin-top: 8px }
.mtm .nowrap { flex-wrap: nowrap; align-items: flex-start } .mtm .nowrap label { flex: none }
.mtm .how { margin-top: 12px } .mtm [hidden] { display: none }
.mtm .shading { display: inline-block; width: 54px; height: 9px; border: 1px solid var(--line); border-radius: 3px }
.mtm .tabs { display: flex; flex-wrap: wrap; gap: 0 18px; margin-bottom: 6px; border-bottom: 1px solid var(--line) }
.mtm .tab { position: relative; padding: 3px 0; margin-bottom: -1px; font-weight: 600;
  border-bottom: 2px solid transparent; cursor: pointer }
.mtm .tab.on { color: var(--ink); border-color: var(--accent) }
.mtm .tab input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer }
.mtm .tab:focus-within:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px }
.mtm .keyrow { gap: 2px 14px; min-height: 1.45em } .mtm .keyrow span { display: inline-flex; gap: 6px; align-items: center }
.mtm .average { margin-top: 4px }
.mtm .below { margin-top: 12px } .mtm .status { margin-top: 8px; min-height: 1.45em }
.mtm .stage { position: relative; user-select: none; -webkit-user-select: none }
.mtm .stage:focus-visible { outline: 1.5px dashed var(--accent); outline-offset: 4px }
.mtm .disc { cursor: pointer }
.mtm .arrow, .mtm .tag { cursor: ns-resize }
.mtm .tag:hover rect { stroke: var(--dim) }
.mtm .disc text, .mtm .tag text { pointer-events: none }
.mtm .distance { cursor: ew-resize; touch-action: pan-y; margin-top: 4px }
.mtm .halo { paint-order: stroke; stroke: var(--bg); stroke-width: 4px; stroke-linejoin: round }
.mtm .ribbon { display: flex; height: 26px; margin-top: 6px; border-radius: 6px; overflow: hidden;
  border: 1px solid var(--line); touch-action: pan-y; cursor: ew-resize }
.mtm .ribbon span { flex: 0 0 auto; overflow: hidden; white-space: nowrap; text-align: center;
  font-size: 11.5px; line-height: 24px; font-weight: 600; user-select: none }
.mtm .ribbon span + span { border-left: 1.5px solid var(--bg) }
.mtm .ribbon .picked { box-shadow: inset 0 0 0 2.5px var(--ink) }
.mtm .words { height: 3.2em; overflow: hidden; line-height: 1.6em; margin-top: 2px; word-spacing: .2em;
  overflow-wrap: anywhere }
.mtm .words.tight { letter-spacing: .12em }
.mtm .words b { text-decoration: underline; text-decoration-thickness: 2px; text-underline-offset: 3px }`;
