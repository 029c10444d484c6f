// The switch that shows grids from further out, for those who look for one among thousands.

import { byId } from "./dom.js";

export function startGrids(page) {
  const { map, scene, sheet } = page;
  const box = byId("show-grids");
  const layers = byId("layers");
  box.addEventListener("change", () => {
    scene.places.early = box.checked;
    sheet.settle();
    page.moved();
    if (box.checked && map.getZoom() < scene.places.closest) map.setZoom(scene.places.closest);
  });
  document.addEventListener("click", (event) => {
    if (!layers.contains(event.target)) layers.open = false;
  });
  layers.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !layers.open) return;
    layers.open = false;
    layers.querySelector("summary").focus();
    event.stopPropagation();
  });
}
