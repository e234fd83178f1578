// The look of Find the two heads.
export const TWO_HEADS_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 8px 16px }
.mtm .head h3 { font-size: 21px; letter-spacing: -.01em }
.mtm .rounds { display: flex; flex-wrap: wrap; gap: 6px; align-items: center }
.mtm .rounds button { border-radius: 16px; padding: 3px 13px }
.mtm .rounds button[aria-pressed=true] { background: var(--ink); border-color: var(--ink); color: var(--bg) }
.mtm .desk { display: grid; gap: 10px 24px; margin-top: 6px; align-items: start }
.mtm .desk > * { grid-column: 1 / -1; min-width: 0 }
.mtm .desk[data-shape=wide] .brief, .mtm .desk[data-shape=middle] .grid { grid-column: 1 }
.mtm .desk[data-shape=wide] .gauge, .mtm .desk[data-shape=middle] .gauge { grid-column: 2 }
.mtm .desk[data-shape=middle] .gauge, .mtm .desk[data-shape=middle] .grid { grid-row: 2 } .mtm .desk[data-shape=small] .gauge { order: 1 } .mtm .desk .help { order: 2 }
.mtm .desk[data-shape=middle] .gauge { padding-top: 20px }
.mtm .lead { font-size: 14.5px; line-height: 1.4 } .mtm .lead b { font-weight: 650 } .mtm .brief .small { margin-top: 3px }
.mtm .floor { display: grid; gap: 14px 26px; grid-template-columns: minmax(0, 1fr); justify-items: center; align-items: start;
  border-top: 1px solid var(--line); padding-top: 12px; margin-top: 10px }
.mtm .floor.wide { grid-template-columns: minmax(0, 1fr) auto }
.mtm .grid { display: grid; gap: 8px; grid-template-columns: minmax(0, 1fr) }
.mtm .desk[data-shape=wide] .grid { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 24px }
.mtm .layer .name { margin-bottom: 3px } .mtm .layer .name b { color: var(--ink) }
.mtm .tiles { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 8px }
.mtm .tile { display: block; width: 100%; padding: 5px 5px 3px; border-radius: 9px; background: var(--bg); text-align: left }
.mtm .tile[data-shown=true] { border-color: var(--ink); box-shadow: 0 0 0 1px var(--ink) }
.mtm .tile .plate { display: block; position: relative; width: 100%; aspect-ratio: 1 }
.mtm .tile canvas { display: block; width: 100%; height: 100%; image-rendering: auto; border-radius: 4px }
.mtm .tile .cross { position: absolute; right: 9%; top: 9%; width: 32%; height: 32%; opacity: 0 }
.mtm .tile .cross path { stroke: var(--bad); stroke-width: 3; fill: none; stroke-linecap: round; vector-effect: non-scaling-stroke }
.mtm .tile[data-cut=true] .cross { opacity: 1 } .mtm .tile[data-cut=true] { background: var(--panel); border-style: dashed }
.mtm .tile .foot { display: flex; justify-content: space-between; align-items: baseline; padding: 2px 2px 0; font-size: 12.5px }
.mtm .tile .state { color: var(--dim); font-size: 11.5px } .mtm .tile[data-cut=true] .state { color: var(--bad); font-weight: 650 }
.mtm .preview { position: relative }
.mtm .free { position: absolute; right: 12px; display: grid; gap: 8px; justify-items: end; text-align: right; pointer-events: none }
.mtm .free button { pointer-events: auto } .mtm .free h4 { font-size: 19px; letter-spacing: -.01em }
.mtm .free p { font-size: 12.5px; line-height: 1.4; max-width: 25ch; color: var(--ink) } .mtm .free p.key { font-size: 11.5px; color: var(--dim) }
.mtm .large { position: relative; cursor: crosshair } .mtm .large canvas { position: absolute; image-rendering: pixelated }
.mtm .large svg { position: relative } .mtm .large svg * { pointer-events: none }
.mtm .gauge .figures { display: flex; flex-wrap: wrap; gap: 0 10px; justify-content: space-between; align-items: baseline; font-size: 14px }
.mtm .gauge .figures span { white-space: nowrap } .mtm .gauge b { font-size: 27px; line-height: 1.15; font-weight: 680; letter-spacing: -.02em }
.mtm .gauge b[data-reached=true] { color: var(--good) } .mtm .gauge .status { margin-top: 5px; font-size: 14px; line-height: 1.4; font-weight: 550; min-height: 2.8em }
.mtm .help { display: grid; gap: 8px }
.mtm .bet { margin-left: auto; font-size: 13px } .mtm .bet .row { gap: 6px } .mtm .bet button { border-radius: 15px }
.mtm .bet button[aria-pressed=true] { border-color: var(--ink); box-shadow: 0 0 0 1px var(--ink) }
.mtm .hints { margin: 0; padding: 0 0 0 20px; display: grid; gap: 4px; max-width: 80ch }
.mtm .below { margin-top: 10px } .mtm .below .row { justify-content: space-between }
.mtm .strings { display: flex; flex-wrap: wrap; gap: 6px; align-items: center }
.mtm .strings button { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 11.5px }
.mtm .strings button[aria-pressed=true] { border-color: var(--ink); box-shadow: 0 0 0 1px var(--ink) }
.mtm .strings input { width: 11em; min-height: 30px; padding: 3px 9px; font: 600 12.5px ui-monospace, "DejaVu Sans Mono", monospace;
  color: var(--ink); background: var(--bg); border: 1px solid var(--dim); border-radius: 7px; text-transform: uppercase }
.mtm .strings input::placeholder { text-transform: none; color: var(--dim); font-weight: 500; font-family: system-ui, sans-serif }
.mtm .strings input[aria-invalid=true] { border-color: var(--bad) } .mtm .wrong { color: var(--bad); font-size: 12.5px }
.mtm .line { cursor: pointer; margin: 2px 0 6px; touch-action: pan-y; user-select: none; -webkit-user-select: none } .mtm .line svg * { pointer-events: none }
.mtm .card { display: grid; gap: 8px; width: 100%; justify-items: start } .mtm .card > * { min-width: 0; max-width: 100% }
.mtm .verdict { flex: 1 1 300px; font-size: 16px; line-height: 1.35; font-weight: 650; color: var(--good) }
.mtm .verdict[data-now=false] { color: var(--ink); font-weight: 600 }
.mtm .why { display: contents } .mtm .why p { max-width: 96ch; font-size: 14px } .mtm .card > *, .mtm .why p { order: 2 } .mtm .why p:first-child, .mtm .card > [data-role=other] { order: 1 }
.mtm .card textarea { width: 100%; max-width: 620px; padding: 8px 11px; resize: none; font: 12.5px/1.5 ui-monospace, "DejaVu Sans Mono", monospace;
  color: var(--ink); background: var(--panel); border: 1px solid var(--line); border-radius: 7px; white-space: pre-wrap; overflow-x: hidden }`;
