// The look of what only the lattice viewer has.
export const LATTICE_STYLE = `
.mtm .lattice { position: relative; cursor: crosshair; touch-action: pan-y; margin-top: 4px }
.mtm .lattice canvas { position: absolute; left: 0; top: 0; pointer-events: none }
.mtm .lattice svg { position: relative }
.mtm .lattice text { pointer-events: none }
.mtm .lattice .knob { cursor: ns-resize; touch-action: none }
.mtm .lattice .halo { stroke-width: 3.5px }
.mtm .answer { max-width: 110ch; margin-bottom: 4px; min-height: 3em }
.mtm .reading { min-height: 1.45em }
.mtm.narrow .reading { min-height: 2.9em } .mtm.narrow .answer { min-height: 4.5em }
.mtm .bar { margin-top: 8px }
.mtm input.word { width: 9.5em; min-height: 30px; padding: 3px 9px; font: 600 14px/1.3 ui-monospace, "SF Mono",
  "DejaVu Sans Mono", monospace; letter-spacing: .06em; color: var(--ink); background: var(--panel);
  border: 1px solid var(--line); border-radius: 7px }
.mtm .wrong { color: var(--bad); font-weight: 600; font-size: 12.5px }
.mtm .panels { margin-top: 10px }
.mtm .sums td, .mtm .sums th { white-space: nowrap } .mtm .sums td.gauge { width: 16% }
.mtm .same { margin-top: 6px; min-height: 2.9em }
.mtm .steps3 { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 2px 12px; margin: 6px 0 8px;
  font-size: 12.5px; align-items: baseline }
.mtm .steps3 .line { font: 600 13px/1.45 ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace;
  overflow-wrap: anywhere; white-space: pre-wrap; min-height: 1.45em; letter-spacing: .09em }
.mtm .steps3 .line.last { color: var(--accent); font-size: 15px; letter-spacing: .1em }
.mtm .weighs { min-height: 3em; font-size: 13px }
.mtm [hidden] { display: none }
`;
