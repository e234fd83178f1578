// Mouse, pen and finger on the picture of a chain.

/** Click a state: start there. Drag an arrow or its label: change the probability. Hover a state: see its row. */
export function listenPointer(stage, act, view) {
  let drag = null;
  const edgeOf = (event) => event.target.closest?.('[data-from]'),
    nodeOf = (event) => event.target.closest?.('[data-node]');
  stage.addEventListener('pointerdown', (event) => {
    const edge = edgeOf(event);
    if (!edge || event.button > 0) return;
    const from = +edge.dataset.from,
      to = +edge.dataset.to;
    drag = { from, to, x: event.clientX, y: event.clientY, row: view().P[from].slice() };
    stage.setPointerCapture(event.pointerId);
    event.preventDefault();
    stage.focus({ preventScroll: true });
    act.choose(from, to);
  });
  stage.addEventListener('pointermove', (event) => {
    if (drag) {
      const moved = event.clientX - drag.x - (event.clientY - drag.y);
      if (moved) act.change(drag.from, drag.to, drag.row[drag.to] + moved / 220, drag.row);
    } else {
      const node = nodeOf(event);
      act.hover(node ? +node.dataset.node : null);
    }
  });
  const stop = () => {
    drag = null;
  };
  stage.addEventListener('touchstart', (event) => {
    if (edgeOf(event)) event.preventDefault();
  }); // a finger on an arrow does not scroll
  for (const name of ['pointerup', 'pointercancel', 'lostpointercapture']) stage.addEventListener(name, stop);
  stage.addEventListener('pointerleave', () => {
    if (!drag) act.hover(null);
  });
  stage.addEventListener('click', (event) => {
    const node = nodeOf(event);
    if (node) act.start(+node.dataset.node);
  });
}
