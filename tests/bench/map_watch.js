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
window.drawn = (work, right = () => true) => new Promise((done) => {
  const began = performance.now();
  const end = () => done(performance.now() - began);
  const look = () => {
    if (right()) requestAnimationFrame(() => setTimeout(end));
    else sheetOf().once('seen', look);
  };
  sheetOf().once('seen', look);
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
// From the key, or the click, to the figures on the screen, in the bar of the workbench.
window.told = (key, kind, held = {}) => new Promise((done) => {
  const bar = document.getElementById('trial');
  const began = performance.now();
  const end = () => done(performance.now() - began);
  new MutationObserver((_, watch) => {
    if (bar.hidden || bar.dataset.kind !== kind) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(end));
  }).observe(bar, {childList: true});
  if (typeof key !== 'string') return key.click();
  const target = document.activeElement;
  target.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true, ...held}));
  if (key === 'Enter') target.click();
});
window.asked = async (path) => (await fetch(path)).json();
window.sent = async (path, body, method = 'POST', version = null) => {
  const config = JSON.parse(document.getElementById('config').textContent);
  const headers = {'Content-Type': 'application/json', 'X-CSRFToken': config.csrf};
  if (version) headers['If-Match'] = `"${version}"`;
  const id = '10000000-1000-4000-8000-' + String(Date.now()).slice(-12).padStart(12, '0');
  const answer = await fetch(path, {method, headers, body: method === 'POST' ? JSON.stringify({id, ...body}) : null});
  return answer.status === 204 ? null : answer.json();
};
window.gone = async (plan) => {
  const {version} = await window.asked(`/api/v1/drafts/${plan}`);
  await window.sent(`/api/v1/drafts/${plan}`, null, 'DELETE', version);
};
