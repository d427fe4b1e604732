// An answer while it is written: tokens are shown as they come, what is complete comes rendered after them.
"use strict";

let following = null;

function followAnswer() {
  const card = document.querySelector("[data-stream]");
  if (following && following.card === card) return;
  following?.source.close();
  following = null;
  if (!card) return;
  const source = new EventSource(card.dataset.stream);
  following = { card, source };
  const part = (name) => card.querySelector(`[data-${name}]`);
  const on = (kind, act) => source.addEventListener(kind, (event) => act(JSON.parse(event.data)));
  on("restart", () => {
    part("html").textContent = "";
    part("tail").textContent = "";
  });
  on("text", ({ text }) => {
    if (part("said").textContent.startsWith("Waiting")) part("said").textContent = "Writing";
    part("tail").append(text);
  });
  // Rendered by the server, which has cleaned it.
  on("html", ({ html }) => {
    part("html").innerHTML = html;
    part("tail").textContent = "";
  });
  on("state", ({ state, place, model }) => {
    if (state === "queued") part("said").textContent = `Waiting${place ? `, number ${place} in the queue` : ""}`;
    if (state === "running") part("said").textContent = `${model} is writing`;
  });
  on("end", () => renew(card));
  // The browser connects again by itself, unless the answer was no stream at all: then ask from time to time.
  source.addEventListener("error", () => source.readyState === EventSource.CLOSED && setTimeout(() => renew(card), 2000));
}

// The finished answer, with its citations checked, in place of what was written live.
function renew(card) {
  if (following?.card === card) {
    following.source.close();
    following = null;
  }
  if (!card.isConnected) return;
  const panel = card.closest("[data-panel]");
  if (panel) htmx.trigger(panel, "retry");
  else htmx.ajax("GET", card.dataset.card, { target: card, swap: "outerHTML show:none" });
}

addEventListener("pagehide", () => following?.source.close());
document.addEventListener("DOMContentLoaded", followAnswer);
document.addEventListener("htmx:afterSettle", followAnswer);

// A citation leads to a place that may be folded, or on another tab.
function showTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target instanceof HTMLDetailsElement) target.open = true;
  target.closest("details")?.setAttribute("open", "");
  target.scrollIntoView({ block: "center" });
}
document.addEventListener("DOMContentLoaded", showTarget);
addEventListener("hashchange", showTarget);
