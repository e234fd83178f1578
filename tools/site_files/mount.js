// Draws every viewer on its own stand-in for the kernel's model. If one cannot be drawn, its picture stays.
const modules = {};
window.models = {};
for (const { place, script, state } of JSON.parse(document.getElementById('viewers').textContent)) {
  const el = document.getElementById(place);
  try {
    const source = document.getElementById(script).textContent;
    modules[script] ??= import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
    const viewer = await modules[script],
      model = viewer.staticModel(state),
      box = document.createElement('div');
    const picture = [...el.childNodes];
    el.replaceChildren(box);
    try {
      viewer.default.render({ model, el: box });
    } catch (error) {
      el.replaceChildren(...picture);
      throw error;
    }
    window.models[place] = model;
  } catch (error) {
    console.error(`${place} stays a picture:`, error);
  }
}
// On paper nothing can be unfolded.
addEventListener('beforeprint', () => document.querySelectorAll('details').forEach((d) => (d.open = true)));
