// The look of what only the memory viewer has.
export const MEMORY_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .answer { max-width: 118ch; min-height: 3em; margin: 4px 0 6px } .mtm .asked { margin: 3px 0 2px; font-size: 14px }
.mtm .answer b { font-size: 15.5px }
.mtm.narrow .answer { min-height: 4.6em }
.mtm .bar { gap: 4px 24px; justify-content: space-between; margin: 8px 0 8px; border-bottom: 1px solid var(--line) }
.mtm .bar .tabs { margin: 0; border: 0 }
.mtm .controls { gap: 6px 14px; min-height: 34px } .mtm .controls input[type=range] { width: 96px }
.mtm .controls b { color: var(--ink); min-width: 2.2em } .mtm [data-role=width-value] { min-width: 4.8em !important }
.mtm.narrow .controls { gap: 6px 10px } .mtm.narrow .controls input[type=range] { width: 60px }
.mtm .signals { margin-top: 6px }
.mtm .pills { display: flex; flex-wrap: wrap; gap: 6px }
.mtm .pills .tab { padding: 2px 11px; margin: 0; border: 1px solid var(--line); border-radius: 14px; background: var(--panel) }
.mtm .pills .tab.on { border-color: var(--ink); background: var(--ink); color: var(--bg) }
.mtm .legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 8px 0 0; font-size: 12.5px; color: var(--dim) }
.mtm .legend span { display: inline-flex; gap: 7px; align-items: center }
.mtm .legend i { display: inline-block; width: 22px; height: 0; border-top: 2px solid var(--dim) }
.mtm .stage text, .mtm .stage { user-select: none; -webkit-user-select: none }
.mtm .stage:focus-visible { outline: 1.5px dashed var(--accent); outline-offset: 4px }
.mtm .stage { margin-top: 4px } .mtm .stage h4 { margin: 8px 0 2px; color: var(--dim) }
.mtm .signal { cursor: crosshair; touch-action: pan-y } .mtm .signal .grip { cursor: ew-resize } .mtm .signal .bump { cursor: move }
.mtm .numbers { cursor: pointer }
.mtm .halo { paint-order: stroke; stroke: var(--bg); stroke-width: 4px; stroke-linejoin: round }
.mtm .status { margin-top: 8px; min-height: 2.9em; font-size: 13.5px }
`;
