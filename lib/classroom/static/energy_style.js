// The look of what only the energy viewer has.
export const ENERGY_STYLE = `
.mtm [hidden] { display: none }
.mtm .asked { margin: 3px 0 2px; font-size: 14px } .mtm .answer { margin: 0 0 9px; font-size: 14px; min-height: 3em; max-width: 105ch }
.mtm .answer b { font-weight: 650 }
.mtm .apart { justify-content: space-between }
.mtm .panels { display: grid; grid-template-columns: minmax(0, 1fr); gap: 16px 30px; margin-top: 12px }
.mtm .panels.wide { grid-template-columns: auto minmax(0, 1fr) }
.mtm .panels.lower.wide { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) }
.mtm .stage { user-select: none; -webkit-user-select: none; width: fit-content; border-radius: 4px }
.mtm .stage canvas { display: block; cursor: crosshair; touch-action: none }
.mtm .stage:focus-visible { outline: 1.5px dashed var(--accent); outline-offset: 4px }
.mtm .damage { margin-top: 9px; gap: 7px 8px } .mtm .damage label { flex-basis: 100% } .mtm .damage input { flex: 1; min-width: 0 }
.mtm .damage output { min-width: 7.4em; text-align: right }
.mtm .damage button { padding: 3px 9px }
.mtm .legend-unit { margin-top: 7px; max-width: 350px } .mtm .legend-unit span { margin-right: 9px; white-space: nowrap }
.mtm .legend-unit i { display: inline-block; width: 9px; height: 9px; margin-right: 5px; border-radius: 50%;
  background: var(--unhappy); vertical-align: -1px }
.mtm .legend-unit i.last, .mtm .legend-unit i.chosen { border-radius: 2px; background: none; border: 2px solid var(--unhappy) }
.mtm .pictures { display: grid; grid-template-columns: auto auto minmax(52px, auto) minmax(90px, 1fr) auto 3em;
  gap: 4px 11px; align-items: center; margin-top: 6px; font-size: 12.5px }
.mtm .pictures button { padding: 3px; min-height: 0; border-radius: 5px } .mtm .pictures button.off { opacity: .45 }
.mtm .pictures canvas { display: block }
.mtm .pictures .name { font-weight: 600 } .mtm .pictures .name.off { font-weight: 400; color: var(--dim) }
.mtm .overlap { display: flex; gap: 8px; align-items: center }
.mtm .overlap output { min-width: 3em; text-align: right }
.mtm .track { position: relative; flex: 1; height: 10px; background: var(--panel); border-radius: 2px }
.mtm .track::after { content: ''; position: absolute; left: 50%; top: -3px; bottom: -3px; width: 1px; background: var(--dim) }
.mtm .track i { position: absolute; top: 0; height: 100%; border-radius: 2px }
.mtm .good { color: var(--good) } .mtm .bad { color: var(--bad) } .mtm .pictures .small { white-space: nowrap }
.mtm .tight .pictures { grid-template-columns: auto auto auto minmax(60px, 1fr) auto; gap: 4px 8px }
.mtm .tight .votes { display: none } .mtm .tight .apart input { width: 90px }
.mtm .panels.narrow { gap: 16px 20px }
.mtm .narrow .pictures { grid-template-columns: auto auto auto minmax(72px, 1fr) auto; gap: 4px 7px }
.mtm .narrow .overlap { gap: 5px } .mtm .narrow .why { grid-template-columns: minmax(0, 1fr); gap: 10px }
.mtm .narrow .damage output { min-width: 0 }
.mtm .votes { text-align: right }
.mtm .energy-curve { cursor: ew-resize; touch-action: pan-y; margin-top: 4px }
.mtm .why { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 16px; margin-top: 8px }
.mtm .why .said { font-size: 13px; min-height: 3.9em }
.mtm .why p + p { margin-top: 6px }
.mtm .legend i { display: inline-block; width: 54px; height: 9px; border: 1px solid var(--line); border-radius: 3px }
.mtm .status { margin-top: 8px; min-height: 1.45em }
`;
