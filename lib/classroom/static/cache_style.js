// The look of what only the cache viewer has.
export const CACHE_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .asked { margin: 3px 0 2px; font-size: 14px } .mtm .answer { max-width: 125ch; min-height: 4.5em; margin: 4px 0 8px }
.mtm.narrow .answer { min-height: 6em }
.mtm .dials { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 4px 22px; margin: 8px 0 4px }
.mtm .dials label { display: grid; grid-template-columns: 1fr auto; gap: 0 8px } .mtm .dials input { grid-column: 1 / -1; width: 100% }
.mtm .dials b { color: var(--ink) } .mtm .choices { gap: 8px 14px; margin-top: 8px }
.mtm .choices label { gap: 5px } .mtm .choices .both { display: inline-flex; gap: 14px }
.mtm .stage { position: relative; user-select: none; -webkit-user-select: none; margin-top: 10px }
.mtm .stage:focus-visible { outline: 1.5px dashed var(--accent); outline-offset: 4px }
.mtm .pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 14px 30px }
.mtm .pair h4 .dim { font-weight: 400 } .mtm .triangle { margin: 4px 0 10px } .mtm.narrow .triangle h4 + p { min-height: 2.9em } .mtm .triangle canvas { margin: 4px 0 2px }
.mtm .plot { cursor: ew-resize; touch-action: pan-y }
.mtm .legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 6px 0 10px } .mtm .legend span { display: inline-flex; gap: 6px; align-items: center }
.mtm .formulas { margin-top: 8px; font-size: 12.5px } .mtm .formulas p { margin-top: 2px; min-height: 1.5em } .mtm .status { margin-top: 6px; min-height: 1.45em; font-size: 12.5px }
`;
