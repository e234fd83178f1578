// The look of what only the position viewer has.
export const POSITION_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .answer { max-width: 125ch; min-height: 4.5em; margin: 4px 0 8px } .mtm .asked { margin: 3px 0 2px; font-size: 14px }
.mtm.narrow .answer { min-height: 6em }
.mtm .bar { gap: 6px 22px; justify-content: space-between; margin: 10px 0 4px; border-bottom: 1px solid var(--line) }
.mtm .bar .tabs { margin: 0; border: 0 } .mtm .bar .row { margin-bottom: 5px }
.mtm .controls { gap: 8px 20px; min-height: 34px }
.mtm .controls input[type=range] { width: 150px }
.mtm .controls b { color: var(--ink); min-width: 5.2em }
.mtm .line, .mtm .course { touch-action: pan-y; cursor: pointer }
.mtm .line .grip { cursor: grab; touch-action: none } .mtm .line:active .grip { cursor: grabbing }
.mtm .stage text, .mtm .stage { user-select: none; -webkit-user-select: none }
.mtm .stage:focus-visible { outline: 1.5px dashed var(--accent); outline-offset: 4px }
.mtm .stage { margin-top: 8px } .mtm .stage h4 { margin: 10px 0 2px } .mtm .stage h4 .dim { font-weight: 400 }
.mtm .faces { display: block } .mtm .faces [data-head] { cursor: pointer }
.mtm .course { cursor: ew-resize }
.mtm .status { margin-top: 6px; min-height: 3em; font-size: 13px }
`;
