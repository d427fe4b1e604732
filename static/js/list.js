// The list: a cursor that keys move, a panel that follows it, ticked rows.
"use strict";

const WIDE = matchMedia("(width >= 75rem)");
let follow = 0;
let lastTicked = null;

const rows = () => [...document.querySelectorAll(".issues tbody tr")];
const cursor = () => document.querySelector(".issues tr[aria-current]");
const boxes = () => [...document.querySelectorAll('.issues input[name="issue"]')];

function moveTo(row) {
  if (!row) return true;
  cursor()?.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  row.scrollIntoView({ block: "nearest" });
  row.querySelector(".ttl").focus({ preventScroll: true });
  peekAt(row);
  return true;
}

// The panel follows 150 ms after the last move; a request on its way is dropped for the next one.
function peekAt(row) {
  const peek = document.getElementById("peek");
  if (!peek || !WIDE.matches) return;
  clearTimeout(follow);
  follow = setTimeout(() => {
    htmx.trigger("#peek", "htmx:abort");
    htmx.ajax("GET", row.dataset.peek, { source: "#peek", target: "#peek", swap: "outerHTML" });
  }, 150);
}

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(cursor());
  const next = all[at + by];
  if (at >= 0 && !next) {
    const pager = document.querySelector(`.pager [aria-keyshortcuts="${by > 0 ? "]" : "["}"]`);
    if (pager) document.body.dataset.landOn = by > 0 ? "first" : "last";
    pager?.click();
    return true;
  }
  return moveTo(at < 0 ? all[0] : next);
}

onKey("j", () => step(1));
onKey("k", () => step(-1));
onKey("Enter", (event) => {
  if (event.target.closest("a, button, input, summary") || !cursor()) return false;
  cursor().querySelector(".ttl").click();
  return true;
});
onKey("x", () => tick(cursor(), false));
onKey("X", () => tick(cursor(), true));
// The field for a comment is on the page of the issue.
onKey("c", () => {
  const row = underCursor();
  if (!row) return false;
  leaving = performance.now();
  location.assign(`/issues/${row.id.slice(6)}/?tab=activity#comment-text`);
  return true;
});
onKey("Escape", () => {
  if (document.querySelector("[popover]:popover-open")) return false;
  if (!boxes().some((box) => box.checked)) return false;
  document.getElementById("selection").reset();
  return true;
});

function tick(row, range) {
  const box = row?.querySelector('input[name="issue"]');
  if (!box) return false;
  box.checked = range || !box.checked;
  ticked(box, range);
  return true;
}

function ticked(box, range) {
  const all = boxes();
  if (range && lastTicked && all.includes(lastTicked)) {
    const [from, to] = [all.indexOf(lastTicked), all.indexOf(box)].sort((a, b) => a - b);
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  }
  lastTicked = box;
  showSelection();
}

// The bar counts what is ticked; "all that match" ends as soon as a single box changes.
function showSelection(keepAll = false) {
  const form = document.getElementById("selection");
  if (!form) return;
  const all = boxes();
  const count = all.filter((box) => box.checked).length;
  const every = form.querySelector("[data-select-all]");
  if (!keepAll || !count) every.checked = false;
  const page = form.querySelector("[data-select-page]");
  page.checked = count === all.length;
  page.indeterminate = count > 0 && count < all.length;
  const total = every.closest("label").textContent.match(/[\d,+]+/)?.[0] ?? "";
  form.querySelector("[data-selected]").textContent = every.checked ? `All ${total} selected` : `${count} selected`;
}

document.addEventListener("click", (event) => {
  const box = event.target.closest('.issues input[name="issue"]');
  if (box) return ticked(box, event.shiftKey);
  const by = event.target.closest("[data-step]");
  if (by) return step(Number(by.dataset.step));
  const row = event.target.closest(".issues tbody tr");
  if (row && !event.target.closest("a, button, input, label")) moveTo(row);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-select-page]")) {
    for (const box of boxes()) box.checked = event.target.checked;
    showSelection();
  }
  if (event.target.matches("[data-select-all]")) {
    if (event.target.checked) for (const box of boxes()) box.checked = true;
    showSelection(true);
  }
});

document.addEventListener("reset", (event) => {
  if (event.target.id !== "selection") return;
  // The bar goes, and with it the focus that a button of it had.
  const leaves = document.activeElement.closest("#bulk");
  setTimeout(() => {
    showSelection();
    if (leaves) (cursor()?.querySelector(".ttl") ?? document.getElementById("results-title")).focus({ preventScroll: true });
  });
});

// With a script the buttons of the bar copy; the server writes the list, also of what is not on this page.
document.addEventListener("submit", async (event) => {
  if (event.target.id !== "selection" || !event.submitter?.dataset.copySelection) return;
  event.preventDefault();
  event.stopPropagation();
  const answer = await fetch(event.submitter.formAction, { method: "POST", body: new FormData(event.target, event.submitter) });
  const text = (await answer.text()).trim();
  if (!answer.ok) return toast("Dexter did not answer. Nothing was copied.");
  copyText(text, `Copied ${text.split("\n").length} lines.`);
}, true);

// A chip of a priority opens the explanation beside itself.
document.addEventListener("htmx:afterSwap", (event) => {
  const asked = event.detail.requestConfig.elt;
  const name = asked?.dataset?.pop;
  if (name) {
    asked.setAttribute("aria-expanded", "true");
    const pop = document.getElementById(name);
    if (!pop.matches(":popover-open")) pop.showPopover({ source: asked });
  }
  if (event.detail.target.id === "explorer") settle();
});
document.addEventListener("toggle", (event) => {
  if (event.newState !== "closed" || !event.target.id) return;
  for (const chip of document.querySelectorAll(`[data-pop="${event.target.id}"]`)) chip.removeAttribute("aria-expanded");
}, true);

// After the list was replaced: the cursor lands where the keys came from, and focus is never lost.
function settle() {
  const land = document.body.dataset.landOn;
  delete document.body.dataset.landOn;
  lastTicked = null;
  if (land) moveTo(land === "first" ? rows()[0] : rows().at(-1));
  else if (document.activeElement === document.body) document.getElementById("results-title")?.focus({ preventScroll: true });
}
