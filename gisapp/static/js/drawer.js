// On the phone the panels are a drawer with three stops: a strip, half, nearly all.

const NARROW = window.matchMedia("(width < 768px)");
const STRIP = 84;

export const isPhone = () => NARROW.matches;

/**
 * Let `grip` move `panel` between the stops; a tap goes to the next one. `settled` is told how many
 * pixels are covered.
 */
export function drawer(panel, grip, start = 0, settled = () => {}) {
  let stop = start;
  let from = null;

  const heights = () => {
    const all = panel.parentElement.clientHeight;
    return [STRIP, Math.round(all / 2), all - 8];
  };

  function settle(to, soft = true) {
    stop = Math.max(0, Math.min(2, to));
    panel.classList.toggle("settle", soft);
    panel.style.setProperty("--stop", `${heights()[stop]}px`);
    grip.setAttribute("aria-expanded", String(stop > 0));
    settled(heights()[stop], stop);
  }

  grip.addEventListener("pointerdown", (event) => {
    from = { y: event.clientY, height: panel.clientHeight, moved: false };
    grip.setPointerCapture(event.pointerId);
    panel.classList.remove("settle");
  });
  grip.addEventListener("pointermove", (event) => {
    if (!from) return;
    const by = from.y - event.clientY;
    if (Math.abs(by) > 6) from.moved = true;
    if (from.moved) panel.style.setProperty("--stop", `${Math.max(STRIP, from.height + by)}px`);
  });
  const release = () => {
    if (!from) return;
    if (from.moved) {
      const now = panel.clientHeight;
      const gaps = heights().map((height) => Math.abs(height - now));
      settle(gaps.indexOf(Math.min(...gaps)));
    }
    grip.dataset.moved = from.moved ? "1" : "";
    from = null;
  };
  grip.addEventListener("pointerup", release);
  grip.addEventListener("pointercancel", release);
  grip.addEventListener("click", () => {
    if (grip.dataset.moved) {
      grip.dataset.moved = "";
      return;
    }
    settle((stop + 1) % 3);
  });
  window.addEventListener("resize", () => settle(stop, false));
  settle(stop, false);
  return { settle, stop: () => stop };
}
