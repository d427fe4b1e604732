// The page of an issue: texts to copy, the priority's terms, panels that fail alone, keys for releases.
"use strict";

// A link whose target is a text copies it; without a script it shows it.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-copy-from]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(String(answer.status));
    await navigator.clipboard.writeText(await answer.text());
    toast(link.dataset.copied, "ok");
  } catch {
    location.assign(link.href);
  }
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-popover]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const pop = document.getElementById(opener.dataset.popover);
  opener.style.anchorName = "--opener";
  pop.style.positionAnchor = "--opener";
  pop.togglePopover({ source: opener });
});

// A panel of another app that did not come says so in its own place, and can be tried again.
function panelFailed(event) {
  const panel = event.detail.elt.closest?.("[data-panel]");
  if (!panel) return;
  panel.querySelector("[data-panel-body]")?.replaceWith(document.getElementById("panel-failed").content.cloneNode(true));
}
document.addEventListener("htmx:responseError", panelFailed);
document.addEventListener("htmx:sendError", panelFailed);
document.addEventListener("click", (event) => {
  const panel = event.target.closest("[data-panel-retry]")?.closest("[data-panel]");
  if (panel) htmx.trigger(panel, "retry");
});

function stepPin(by) {
  const pins = [...document.querySelectorAll("#timeline .pin")];
  if (!pins.length) return false;
  const at = pins.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : pins.length - 1) : Math.min(pins.length - 1, Math.max(0, at + by));
  pins[next].focus();
  return true;
}
onKey("[", () => stepPin(-1));
onKey("]", () => stepPin(1));

// After a card was replaced the focus stays on the control that asked, or goes to its successor.
let asked = null;
document.addEventListener("htmx:beforeRequest", (event) => {
  const at = document.activeElement;
  const part = event.detail.target?.closest?.("#event, #timeline");
  asked = part?.contains(at) ? at.dataset.tab ?? at.getAttribute("aria-keyshortcuts") ?? at.textContent : null;
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (!asked || !event.target.matches?.("#event, #timeline")) return;
  const same = [...event.target.querySelectorAll("a, button")].find((one) => [one.dataset.tab, one.getAttribute("aria-keyshortcuts"), one.textContent].includes(asked));
  (same ?? event.target.querySelector('[aria-current="page"]'))?.focus({ preventScroll: true });
  asked = null;
});

// The field for a comment is on a tab of its own; what is typed until it is there is no shortcut, and not lost.
let commenting = -Infinity;
let typed = "";
onKey("c", () => {
  if (press("c")) return true;
  commenting = performance.now();
  typed = "";
  document.querySelector('[data-tab="activity"]').click();
  return true;
});
document.addEventListener("keydown", (event) => {
  if (performance.now() - commenting > 3000 || event.ctrlKey || event.altKey || event.metaKey || event.key.length > 1) return;
  typed += event.key;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
document.addEventListener("htmx:afterSettle", (event) => {
  const field = commenting > 0 && event.target.id === "event" && document.getElementById("comment-text");
  if (!field) return;
  commenting = -Infinity;
  field.focus();
  field.value = typed;
});

// What asks for itself does not take away the field in which somebody writes.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (target.id !== "event" || requestConfig?.elt !== target) return;
  const written = [...target.querySelectorAll("textarea, input")].some((field) => field === document.activeElement || field.value !== field.defaultValue);
  if (written) event.detail.shouldSwap = false;
});
