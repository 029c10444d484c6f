// The size of type this reader chose, before anything is drawn.
try {
  if (localStorage.getItem("type") === "large") document.documentElement.dataset.type = "large";
} catch {
  // Storage may be forbidden; the usual size then.
}
