// Acting on issues: keys for the row under the cursor, what a swap must not lose, toasts that go, undo.
"use strict";

const actUrl = (id) => `/issues/${id}/actions/`;
const selecting = () => document.querySelector('#selection input[name="issue"]:checked');

// The row under the cursor, unless rows are ticked: then the bar's buttons take the keys.
function underCursor() {
  return selecting() ? null : document.querySelector(".issues tr[aria-current]");
}

// One after the other, and from an element of their own: htmx would drop what waits behind another request.
function post(url, values) {
  htmx.ajax("POST", url, { source: "#acting", target: "body", swap: "none", values });
}

// Without a row of its own a key presses the button that names it, on the page or in the bar.
function actOn(wanted) {
  return (event) => {
    if (event.repeat) return true;
    if (selecting()) return undefined;
    const row = underCursor();
    if (!row) return undefined;
    post(actUrl(row.id.slice(6)), { do: wanted(row) });
    return true;
  };
}

// A button of a menu, which need not be open: of the bar when rows are ticked, else of the issue.
function pressOn(wanted) {
  const button = document.querySelector(`${selecting() ? "#bulk" : "#issue-actions"} button[value="${wanted}"]`);
  button?.click();
  return Boolean(button);
}

onKey("e", actOn((row) => (row.dataset.status === "unresolved" ? "resolve" : "unresolve")));
onKey("i", actOn(() => "archive"));
onKey("a", actOn(() => "ask:assign"));
onKey("p", actOn(() => "ask:priority"));
onKey("m", actOn(() => "ask:merge"));
onKey("l", (event) => actOn(() => "ask:labels")(event) ?? pressOn("ask:labels"));
onKey("u", (event) => {
  if (event.repeat) return true;
  const newest = [...document.querySelectorAll("#toasts [data-undo]")].at(-1);
  if (newest) newest.click();
  else post("/issues/actions/undo/", {});
  return true;
});

// The answer says what the panel shows, so that its part comes along.
document.addEventListener("htmx:configRequest", (event) => {
  const { verb, parameters, path } = event.detail;
  if ((verb === "get" && path !== "/issues/news/") || !/^\/(issues|outbox|jobs)\//.test(path)) return;
  const peek = document.getElementById("peek");
  if (peek?.dataset.issue) parameters.peeking = peek.dataset.issue;
});

// A row that comes back keeps the cursor, its tick and the focus; so does the button that was pressed.
let focused = "";
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  focused = target.contains(document.activeElement) ? document.activeElement.id || ".ttl" : "";
  const row = fragment.querySelector?.("tr");
  if (!row || !target.matches("tr")) return;
  if (target.hasAttribute("aria-current")) row.setAttribute("aria-current", "true");
  const box = row.querySelector('input[name="issue"]');
  if (box) box.checked = Boolean(target.querySelector('input[name="issue"]')?.checked);
});
document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (!focused) return;
  const root = document.getElementById(event.detail.target.id) ?? document;
  const again = focused === ".ttl" ? root.querySelector(".ttl") : document.getElementById(focused);
  (again ?? root.querySelector("button:not(:disabled)"))?.focus({ preventScroll: true });
  focused = "";
});

// A toast whose button was answered has said its part.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) event.target.closest?.(".toast:not(.job)")?.remove();
});
// Done: the dialog and the menus close, the selection is over.
document.addEventListener("dexter:acted", () => {
  if (dialog().open) dialog().close();
  for (const menu of document.querySelectorAll("[popover]:popover-open")) menu.hidePopover();
  document.getElementById("selection")?.reset();
});
document.addEventListener("click", (event) => {
  const menu = event.target.closest("[popover] button[name=do]")?.closest("[popover]");
  // Not before the form is sent: with the menu the focus goes, and htmx forgets which button was pressed.
  if (menu) setTimeout(() => menu.hidePopover());
});

// A field that filters answers Enter with the first choice, a tick of a merge asks what would happen.
document.addEventListener("keydown", (event) => {
  const list = document.getElementById(event.target.dataset?.filters ?? "");
  if (!list || event.isComposing) return;
  if (event.key === "Enter") {
    event.preventDefault();
    list.querySelector("button")?.click();
  } else if (event.key === "ArrowDown") {
    event.preventDefault();
    list.querySelector("button")?.focus();
  }
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-asks]")) document.getElementById("merge-look").click();
});
// Up and down walk through the buttons of a menu or a list of choices.
document.addEventListener("keydown", (event) => {
  const list = event.target.closest?.(".menu, .choices");
  if (!list || !["ArrowDown", "ArrowUp"].includes(event.key) || !event.target.matches("button")) return;
  event.preventDefault();
  const all = [...list.querySelectorAll("button:not(:disabled)")];
  all[(all.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length].focus();
});
document.addEventListener("toggle", (event) => {
  if (event.newState === "open" && event.target.matches(".menu")) event.target.querySelector("button:not(:disabled), a")?.focus();
}, true);

// What says that something was done goes after 30 s, the time to undo; not under the pointer or the focus.
const SAID = '.toast[role="status"]:not(.job)';
function leave(box) {
  setTimeout(() => (box.matches(":hover, :focus-within") ? leave(box) : box.remove()), 30000);
}
// More than three at once would cover what they are about: the oldest goes, `u` still takes it back.
document.addEventListener("htmx:load", (event) => {
  if (!event.detail.elt.matches?.(SAID)) return;
  leave(event.detail.elt);
  [...document.querySelectorAll(SAID)].slice(0, -3).forEach((box) => box.remove());
});
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(SAID).forEach(leave);
});
