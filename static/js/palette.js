// The command palette: Ctrl or Cmd K, arrows and Enter. What the lines do is said by the server.
"use strict";

const lines = () => [...document.querySelectorAll('#palette-results [role="option"]')];
const chosen = () => document.querySelector('#palette-results [aria-selected="true"]');

function looksAt() {
  const ticked = [...document.querySelectorAll('#selection input[name="issue"]:checked')].map((box) => box.value);
  if (ticked.length) return ticked;
  const row = document.querySelector(".issues tr[aria-current]")?.id.slice(6);
  const shown = document.getElementById("issue-actions")?.dataset.issue;
  return row ?? shown ? [row ?? shown] : [];
}

// A field is there at once: what is typed before the answer comes is no shortcut, and not lost.
let early = "";
function openPalette() {
  const field = Object.assign(document.createElement("input"), { id: "palette-q", className: "bare", autofocus: true });
  field.setAttribute("aria-label", "Search or run a command");
  dialog().replaceChildren(field);
  dialog().showModal();
  const query = new URLSearchParams(looksAt().map((id) => ["issue", id]));
  htmx.ajax("GET", `/palette/?${query}`, { target: "#dialog", swap: "innerHTML" });
}

function choose(line) {
  chosen()?.setAttribute("aria-selected", "false");
  line?.setAttribute("aria-selected", "true");
  line?.scrollIntoView({ block: "nearest" });
  if (line) document.getElementById("palette-q").setAttribute("aria-activedescendant", line.id);
}

function run(line, inNewTab) {
  const { href, do: act } = line.dataset;
  if (href) return inNewTab ? window.open(href, "_blank", "noopener") : location.assign(href);
  const ids = [...document.querySelectorAll('#palette-issues [name="issue"]')].map((field) => field.value);
  if (!act.startsWith("ask:")) dialog().close();
  if (act === "undo") post("/issues/actions/undo/", {});
  else post("/issues/actions/", { do: act, issue: ids });
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
    if (document.documentElement.dataset.shortcuts === "off" || event.isComposing) return;
    event.preventDefault();
    if (document.querySelector("dialog[open]")) dialog().close();
    else openPalette();
  }
  if (event.target.id !== "palette-q" || event.isComposing) return;
  const all = lines();
  if (["ArrowDown", "ArrowUp"].includes(event.key) && all.length) {
    event.preventDefault();
    choose(all[(all.indexOf(chosen()) + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length]);
  } else if (event.key === "Enter" && chosen()) {
    event.preventDefault();
    run(chosen(), event.ctrlKey || event.metaKey);
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette]")) openPalette();
  const line = event.target.closest('#palette-results [role="option"]');
  if (line) run(line, event.ctrlKey || event.metaKey);
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target === dialog()) early = document.getElementById("palette-q")?.value ?? "";
});
document.addEventListener("htmx:afterSettle", (event) => {
  const field = document.getElementById("palette-q");
  if (early && field && event.detail.target === dialog()) {
    field.value = early;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (event.detail.target === dialog()) early = "";
  if (field && chosen()) choose(chosen());
});
