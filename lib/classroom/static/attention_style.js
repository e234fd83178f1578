// The look of AttentionViewer.
export const ATTENTION_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 8px 16px; margin-bottom: 10px }
.mtm .chosen button[aria-pressed=true] { background: var(--ink); border-color: var(--ink); color: var(--bg) }
.mtm .page { min-width: 44px; text-align: center; color: var(--dim) }
.mtm .floor { display: grid; gap: 12px 30px; grid-template-columns: minmax(0, 1fr) }
.mtm .floor.wide { grid-template-columns: minmax(0, 1fr) 300px }
.mtm .map { position: relative; cursor: pointer; user-select: none; -webkit-user-select: none; justify-self: start; outline-offset: 4px }
.mtm .map canvas { position: absolute } .mtm .map svg { position: relative } .mtm .map svg * { pointer-events: none }
.mtm .bars { align-self: start; width: 100% } .mtm .bars h4 { margin-bottom: 6px } .mtm .bars h4 span { display: inline-flex; gap: 6px; align-items: center; margin-left: 12px; font-weight: 500 }
.mtm .bars h4 i { width: 14px; height: 10px; border-radius: 2px; background: var(--swatch) }
.mtm .told { margin-top: 12px; min-height: 3em } .mtm .floor.wide + .told { min-height: 1.5em } .mtm .whole { margin-top: 4px; color: var(--dim); min-height: 1.5em }
.mtm .by input { width: 110px } .mtm .by b { color: var(--ink); min-width: 2.6em }
.mtm .controls { margin-top: 10px }
.mtm .scale i { display: inline-block; width: 90px; height: 10px; border-radius: 2px; border: 1px solid var(--line) }`;
