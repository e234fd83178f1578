// The look of what only the sampling viewer has.
export const SAMPLING_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .asked { margin: 3px 0 2px; font-size: 14px } .mtm .answer { max-width: 125ch; min-height: 4.5em; margin: 4px 0 8px }
.mtm.narrow .answer { min-height: 6em }
.mtm .dials { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 4px 22px; margin: 10px 0 2px }
.mtm.narrow .dials { grid-template-columns: repeat(2, minmax(0, 1fr)) }
.mtm .dials label { display: grid; grid-template-columns: 1fr auto; gap: 0 8px } .mtm .dials input { grid-column: 1 / -1; width: 100% }
.mtm .dials b { color: var(--ink) }
.mtm .drive { margin-top: 8px } .mtm .drive .set { display: inline-flex; gap: 6px; align-items: center }
.mtm .drive .end { margin-left: auto }
.mtm .texts { margin-top: 10px; overflow-y: auto; padding: 4px 2px 2px; border-top: 1px solid var(--line);
  border-bottom: 1px solid var(--line); font: 14px/20px ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace }
.mtm .texts .token { display: inline-block; vertical-align: top; white-space: pre; cursor: pointer; border-radius: 3px;
  height: 36px; margin-bottom: 4px; text-align: center } .mtm .texts .given { color: var(--dim); cursor: default }
.mtm .texts.long .token { padding: 0 2px }
.mtm .texts .token i { display: block; font-style: normal; font-size: 12px; line-height: 16px; color: var(--accent); min-height: 16px }
.mtm .texts .token i.same { color: var(--dim) }
.mtm .texts .token.later { color: var(--dim) }
.mtm .texts .token.cut b { color: var(--bad); text-decoration: underline wavy; text-underline-offset: 3px }
.mtm .texts .token b { font-weight: inherit; display: block } .mtm .texts .token.here { outline: 2px solid var(--accent) }
.mtm .texts.live { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 24px }
.mtm .texts .new { font-weight: 650 } .mtm .texts .caret { border-left: 2px solid var(--accent); margin-left: 1px }
.mtm .legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin-top: 8px } .mtm .legend span { display: inline-flex; gap: 6px; align-items: center }
.mtm .stage { position: relative; user-select: none; -webkit-user-select: none; margin-top: 4px }
.mtm .stage:focus-visible { outline: 1.5px dashed var(--accent); outline-offset: 4px }
.mtm .strips { cursor: ew-resize; touch-action: pan-y } .mtm .columns [data-rank] { cursor: pointer }
.mtm .sums { border-collapse: collapse; margin-top: 4px; font-size: 12.5px; width: 100% }
.mtm .sums th, .mtm .sums td { padding: 2px 8px 2px 0; text-align: right; border: 0; background: none; color: inherit }
.mtm .sums th { font-weight: 500; font-size: 11.5px; color: var(--dim) }
.mtm .sums th:first-child, .mtm .sums td:first-child { text-align: left }
.mtm .panels { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px 34px; margin-top: 10px }
.mtm .panels.wide { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) }
.mtm .told { margin-top: 4px; font-size: 13px; min-height: 4.5em } .mtm .status { margin-top: 8px; min-height: 1.45em; font-size: 13px }
`;
