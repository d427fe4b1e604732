// What every page does: the dialog, toasts, copying, display choices, times that stay true.
"use strict";

const dialog = () => document.getElementById("dialog");

// A fragment that lands in #dialog opens it; closing gives the focus back (the browser does).
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== dialog()) return;
  // Last, so that the first field has the focus. The palette is left by Escape or by acting; the help has its own.
  if (!dialog().querySelector(".palette, form[method=dialog]")) {
    dialog().append(document.getElementById("dialog-close").content.cloneNode(true));
  }
  if (!dialog().open) dialog().showModal();
});

// A form whose answer is a file leaves the page as it is.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.closes !== undefined) setTimeout(() => dialog()?.close());
});

function toast(text, tone = "error") {
  const box = document.createElement("div");
  box.className = "toast";
  box.setAttribute("role", tone === "error" ? "alert" : "status");
  box.innerHTML = '<p></p><button type="button" class="btn ghost sm" data-dismiss>Dismiss</button>';
  box.firstChild.textContent = text;
  document.getElementById("toasts").append(box);
  if (tone !== "error") setTimeout(() => box.remove(), 6000);
}

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-dismiss]");
  if (close) close.closest(".toast, .banner").remove();
  const copy = event.target.closest("[data-copy], [data-copy-text]");
  if (copy) copyFrom(copy);
});

// data-copy names an element whose text is copied, data-copy-text holds the text itself.
const copyFrom = (button) => copyText(button.dataset.copyText ?? document.querySelector(button.dataset.copy).textContent, button.dataset.copied);

async function copyText(text, said = "Copied.") {
  try {
    await navigator.clipboard.writeText(text);
    toast(said, "ok");
  } catch {
    toast("The browser did not allow copying. Select the text and copy it by hand.");
  }
}

// What asks again and again does so only while somebody looks.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt.dataset.watched !== undefined) event.preventDefault();
});

// A request that failed says so; the page keeps what it shows.
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  toast(status === 403 ? "You may not do this, or the page is too old: reload it." : `Dexter answered ${status}. What you see is from before.`);
});
document.addEventListener("htmx:sendError", () => toast("Dexter does not answer. What you see is from before."));

// Density, colours, split view: the page changes at once, the form tells the server.
document.addEventListener("change", (event) => {
  const { name, value, form } = event.target;
  if (form?.dataset.display !== undefined && event.target.type === "radio") document.documentElement.dataset[name] = value;
});

const UNITS = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"], [1814400, 86400, "d"]];
function refreshTimes() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
    const unit = UNITS.find(([limit]) => seconds < limit);
    if (seconds >= 0 && unit) time.textContent = seconds < 60 ? "now" : `${Math.floor(seconds / unit[1])} ${unit[2]} ago`;
  }
}
setInterval(refreshTimes, 30000);

// A mask that is lifted or put back keeps the focus that its button had.
let lifted = false;
document.addEventListener("htmx:beforeSwap", (event) => {
  lifted = event.detail.target.matches(".mask") && event.detail.target.contains(document.activeElement);
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (lifted && event.target.matches?.(".mask")) (event.target.querySelector("button") ?? event.target).focus();
});

// On a narrow screen the current tab may lie outside of its row.
function showTab(tab) {
  const row = tab.parentElement;
  const [box, at] = [row.getBoundingClientRect(), tab.getBoundingClientRect()];
  row.scrollLeft += Math.max(0, at.right - box.right) + Math.min(0, at.left - box.left);
}

// What only a script can do is hidden until there is one.
function reveal(root) {
  for (const button of root.querySelectorAll("[data-copy][hidden], [data-copy-text][hidden]")) button.hidden = false;
  for (const tab of root.querySelectorAll(".tabs > [aria-current]")) showTab(tab);
}
document.addEventListener("DOMContentLoaded", () => reveal(document));
document.addEventListener("htmx:load", (event) => reveal(event.detail.elt));
