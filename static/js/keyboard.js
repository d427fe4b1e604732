// Single keys. The registry is the page itself: a key presses the visible element that names it in
// aria-keyshortcuts; after G, the element that names it in data-goto. A list registers its keys with `onKey`.
"use strict";

const keyHandlers = new Map();
let afterG = -Infinity;
let leaving = 0; // when a key led to another page: what is typed meanwhile is meant for that one

// `act(event)` returns true when it did something. Later registrations replace earlier ones.
function onKey(key, act) {
  keyHandlers.set(key, act);
}

function isTyping(event) {
  const at = event.target;
  return event.isComposing || at.isContentEditable || /^(TEXTAREA|SELECT)$/.test(at.tagName) ||
    (at.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(at.type));
}

const isShown = (element) => element.checkVisibility();

function press(key) {
  const named = [...document.querySelectorAll("[aria-keyshortcuts]")];
  const target = named.find((element) => element.getAttribute("aria-keyshortcuts").split(" ").includes(key) && isShown(element));
  if (!target) return false;
  if (target.matches("input, textarea, select")) target.focus();
  else target.click();
  return true;
}

function goTo(key) {
  const link = document.querySelector(`[data-goto="${CSS.escape(key)}"]`);
  link?.click();
  return Boolean(link);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  if (document.documentElement.dataset.shortcuts === "off" && event.key !== "Escape") return;
  if (leaving && performance.now() - leaving < 3000) return;
  if (isTyping(event) || document.querySelector("dialog[open]")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const waited = performance.now() - afterG < 1000;
  afterG = key === "g" && !waited ? performance.now() : -Infinity;
  const acted = waited && key !== "g" ? goTo(key) : (keyHandlers.get(event.shiftKey && key === "x" ? "X" : key)?.(event) ?? press(key));
  if (acted) event.preventDefault();
});
