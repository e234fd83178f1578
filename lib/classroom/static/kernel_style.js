// The look of what only the kernel viewer has.
export const KERNEL_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .asked { margin: 3px 0 2px; font-size: 14px }
.mtm .answer { max-width: 118ch; min-height: 1.5em; margin: 6px 0 4px } .mtm .answer b { font-size: 16px }
.mtm .answer.scored b { font-size: 24px; letter-spacing: -.02em; margin-right: 4px } 
.mtm.narrow .answer { min-height: 3em }
.mtm .bar { margin: 8px 0 8px; border-bottom: 1px solid var(--line) } .mtm .bar .tabs { margin: 0; border: 0 }
.mtm .bar .tab { font-size: 13.5px }
.mtm .controls { gap: 8px 20px; min-height: 34px } .mtm .controls input[type=range] { width: 150px }
.mtm .controls b { color: var(--ink); min-width: 3.4em } .mtm [data-role=mute] { min-width: 96px; justify-content: center }
.mtm [data-role=play] { min-width: 78px }
.mtm .rule { margin: 8px 0 0; max-width: 118ch } .mtm .goal { margin: 8px 0 0; font-weight: 600; max-width: 118ch }
.mtm .pills { display: flex; flex-wrap: wrap; gap: 6px }
.mtm .pills .tab { padding: 2px 11px; margin: 0; border: 1px solid var(--line); border-radius: 14px; background: var(--panel) }
.mtm .pills .tab.on { border-color: var(--ink); background: var(--ink); color: var(--bg) }
.mtm .desk { display: grid; gap: 4px 16px; margin-top: 10px; align-items: start }
.mtm .desk svg, .mtm .stage { user-select: none; -webkit-user-select: none }
.mtm .stage:focus-visible { outline: 1.5px dashed var(--accent); outline-offset: 4px }
.mtm .plane { touch-action: none } .mtm .plane .pole { cursor: grab } .mtm .plane:active .pole { cursor: grabbing }
.mtm .halo { paint-order: stroke; stroke: var(--bg); stroke-width: 4px; stroke-linejoin: round }
.mtm .inputs { gap: 6px 10px; min-height: 32px; margin-bottom: 6px }
.mtm input.word { width: 9em; min-height: 28px; padding: 2px 9px; font: 600 13px ui-monospace, "DejaVu Sans Mono", monospace;
  color: var(--ink); background: var(--bg); border: 1px solid var(--dim); border-radius: 7px }
.mtm .legend { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 12.5px; color: var(--dim) }
.mtm .legend span { display: inline-flex; gap: 7px; align-items: center }
.mtm .legend i { display: inline-block; width: 20px; height: 0; border-top: 2px solid var(--kernel-line) }
.mtm .legend i.own { border-top: 2px dashed var(--accent) }
.mtm .legend i.given { width: 9px; height: 12px; border: 0; background: var(--dim); opacity: .4 }
.mtm .legend i.wanted { width: 14px; height: 12px; border: 0; border-top: 3px solid var(--accent); background: color-mix(in srgb, var(--accent) 14%, transparent) }
.mtm .legend i.dot { width: 7px; height: 7px; border: 0; border-radius: 50%; background: var(--kernel-dot) }
.mtm .legend i.ring { width: 10px; height: 10px; border: 1.5px solid var(--kernel-ring); border-radius: 50% }
.mtm .one { min-height: 8.4em; margin-top: 8px } .mtm .one p + p { margin-top: 2px } .mtm .one b { font-size: 14px }
.mtm .game { margin-top: 4px } .mtm .game .row { margin-top: 6px; gap: 6px 8px }
.mtm .said { min-height: 26px; margin: 2px 0 0 } .mtm.narrow .said { min-height: 3em } .mtm .why { margin-top: 8px; max-width: 62ch }
.mtm textarea { width: 100%; margin-top: 8px; padding: 6px 9px; font: inherit; font-size: 12.5px; color: var(--ink); background: var(--panel);
  border: 1px solid var(--line); border-radius: 7px; resize: none; box-sizing: border-box }
.mtm .goals { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 2px 0 4px; min-height: 1.5em }
.mtm .goal-mark { display: inline-flex; gap: 6px; align-items: center; color: var(--dim); transform-origin: left }
.mtm .goal-mark.done { color: var(--good); font-weight: 600 }
.mtm .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
.mtm .waves { position: relative } .mtm .head { position: absolute; left: 0; width: 2px; background: var(--accent); opacity: 0; pointer-events: none }
.mtm .echo { display: grid; grid-template-columns: max-content 1fr; gap: 4px 12px; align-items: center; margin-top: 8px; min-height: 44px }
.mtm [data-role=knock] { min-height: 40px; min-width: 84px; justify-content: center; font-size: 14px; touch-action: manipulation }
.mtm [data-role=knock]:active { transform: translateY(1px) }
.mtm button.hint { min-height: 24px; padding: 0 9px; margin-left: 4px; text-align: left }
.mtm button.hint:disabled { opacity: 1; padding: 0; border-color: transparent; background: none; color: var(--dim) }
.mtm .status { margin-top: 8px; min-height: 2.9em; font-size: 13.5px }
`;
