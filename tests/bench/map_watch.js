// Put into a page before anything else: how long its frames take, and when the map is drawn.
addEventListener('DOMContentLoaded', () => requestAnimationFrame(function look() {
  if (!window.map_grid) return requestAnimationFrame(look);
  window.sheetOf = () => Object.values(map_grid._layers).find(one => one.canvases);
}));
window.frames = async (work) => {
  let worst = 0, last = performance.now(), on = true;
  const count = (now) => {
    worst = Math.max(worst, now - last);
    last = now;
    if (on) requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  await work();
  await window.quiet(3);
  on = false;
  return worst;
};
window.quiet = async (n) => {
  for (let i = 0; i < n; i += 1) await new Promise(requestAnimationFrame);
};
window.drawn = (work) => new Promise((done) => {
  const began = performance.now();
  const end = () => done(performance.now() - began);
  sheetOf().once('seen', () => requestAnimationFrame(() => setTimeout(end)));
  work();
});
window.until = async (test) => { while (!test()) await new Promise((go) => setTimeout(go, 5)); };
window.drag = async () => {
  const box = map_grid.getContainer().getBoundingClientRect();
  const at = (type, x, y, target) => target.dispatchEvent(new MouseEvent(type,
    {bubbles: true, cancelable: true, view: window, button: 0, buttons: 1, clientX: x, clientY: y}));
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  for (const [dx, dy] of [[-1, -0.6], [1, 0.6], [0.7, -1]]) {
    at('mousedown', x, y, document.elementFromPoint(x, y));
    for (let step = 1; step <= 20; step += 1) {
      at('mousemove', x + 12 * step * dx, y + 12 * step * dy, document);
      await window.quiet(1);
    }
    at('mouseup', x + 240 * dx, y + 240 * dy, document);
    await window.quiet(5);
  }
};
