// Geometry of the chain's picture: nothing covers a state, nothing leaves the box.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headPoints, overlap, placeLabels, plan, touches } from '../../lib/classroom/static/graph.js';

const LABEL = { w: 32, h: 17 };
const whole = (count, width, widest) => {
  const { nodes, height, shapes } = plan(count, width, widest);
  return { nodes, height, arrows: shapes.flatMap((row, i) => row.map((shape, j) => ({ i, j, ...shape(8) }))) };
};

for (const [count, width, widest] of [1, 2, 3, 4, 5, 6, 7, 8].flatMap((k) => [
  [k, 404, 40],
  [k, 360, 12],
  [k, 620, 58],
])) {
  const { nodes, arrows, height } = whole(count, width, widest);

  test(`${count} states in ${width} px: they lie in the box and apart from each other`, () => {
    for (const a of nodes) {
      assert.ok(
        a.x - a.r >= 0 && a.x + a.r <= width && a.y - a.r >= 0 && a.y + a.r <= height,
        `node at ${a.x}, ${a.y}`,
      );
      for (const b of nodes) assert.ok(a === b || Math.hypot(a.x - b.x, a.y - b.y) > a.r + b.r + 12);
    }
  });

  test(`${count} states in ${width} px: arrows touch no state on their way and end at the rims`, () => {
    for (const it of arrows) {
      for (let t = 0; t <= 1.001; t += 0.02) {
        const at = it.at(t);
        nodes.forEach((node, k) => {
          const gap = Math.hypot(at.x - node.x, at.y - node.y) - node.r;
          assert.ok(
            gap > (k === it.i || k === it.j ? 1 : 3),
            `${it.i} to ${it.j} at ${t}: ${gap.toFixed(1)} from ${k}`,
          );
        });
      }
      const end = it.at(1),
        goal = nodes[it.j];
      assert.ok(Math.abs(Math.hypot(end.x - goal.x, end.y - goal.y) - goal.r - 3) < 0.6);
    }
  });

  test(`${count} states in ${width} px: labels cover neither states nor each other and stay in the box`, () => {
    const shown = count <= 5 ? arrows : arrows.filter((it) => it.i === 0),
      boxes = placeLabels(shown, nodes, LABEL);
    const placed = boxes.filter(Boolean);
    assert.equal(placed.length, shown.length, 'every arrow has its label');
    placed.forEach((box, k) => {
      assert.ok(nodes.every((node) => !touches(box, node)));
      assert.ok(placed.every((other, m) => m === k || overlap(box, other) === 0));
      assert.ok(
        box.x - 16 >= -2 && box.x + 16 <= width + 2 && box.y - 9 >= -2 && box.y + 9 <= height + 2,
        `label at ${box.x.toFixed()}, ${box.y.toFixed()}`,
      );
    });
  });
}

test('27 letters: what has no room gets no label, unless it is the chosen arrow', () => {
  const { nodes, arrows } = whole(27, 404, 10),
    mine = arrows.filter((it) => it.i === 0);
  const boxes = placeLabels(mine, nodes, LABEL);
  assert.ok(boxes.filter(Boolean).length >= 5);
  boxes.filter(Boolean).forEach((box) => assert.ok(nodes.every((node) => !touches(box, node))));
  assert.ok(placeLabels(mine, nodes, { w: 500, h: 400 }, (k) => k === 3)[3]);
  assert.equal(placeLabels(mine, nodes, { w: 500, h: 400 })[3], null);
});

test('long labels of many states stand beside their nodes, and there is room for them', () => {
  const { outside, nodes } = plan(17, 404, 44);
  assert.ok(outside && !plan(27, 404, 10).outside && !plan(8, 404, 60).outside);
  nodes.forEach((node) =>
    assert.ok((node.x - 14 - 44 >= 0 && node.x + 14 + 44 <= 404) || Math.abs(Math.cos(node.angle)) < 0.8),
  );
});

test('there and back bend apart; the head points where the arrow goes', () => {
  const { nodes, shapes } = plan(2, 404, 40),
    y = nodes[0].y;
  assert.ok(shapes[0][1](8).at(0.5).y < y - 20 && shapes[1][0](8).at(0.5).y > y + 20);
  assert.equal(headPoints({ x: 10, y: 0, angle: 0 }, 8, 6), '10.0,0.0 2.0,3.0 2.0,-3.0');
});
