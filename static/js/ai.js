// An answer while it is written: tokens are shown as they come, what is complete comes rendered after them.
"use strict";

let following = null;

function followAnswer() {
  const card = document.querySelector("[data-stream]");
  if (following && following.card === card) return;
  following?.source.close();
  following = card && { card, source: new EventSource(card.dataset.stream) };
  if (!card) return;
  const { source } = following;
  const part = (name) => card.querySelector(`[data-${name}]`);
  const on = (kind, act) => source.addEventListener(kind, (event) => act(JSON.parse(event.data)));
  const show = (html) => {
    part("html").innerHTML = html; // rendered by the server, which has cleaned it
    part("tail").textContent = "";
  };
  on("restart", () => show(""));
  on("html", ({ html }) => show(html));
  on("text", ({ text }) => {
    if (part("said").textContent.startsWith("Waiting")) part("said").textContent = "Writing";
    part("tail").append(text);
  });
  on("state", ({ state, place, model }) => {
    if (state === "queued") part("said").textContent = `Waiting${place ? `, number ${place} in the queue` : ""}`;
    if (state === "running") part("said").textContent = `${model} is writing`;
  });
  on("end", () => renewAnswer(card));
  // The browser connects again by itself, unless the answer was no stream at all: then ask from time to time.
  source.addEventListener("error", () => source.readyState === EventSource.CLOSED && setTimeout(renewAnswer, 2000, card));
}

// The finished answer, with its citations checked, in place of what was written live.
function renewAnswer(card) {
  following?.source.close();
  following = null;
  const panel = card.closest("[data-panel]");
  if (panel) htmx.trigger(panel, "retry");
  else if (card.isConnected) htmx.ajax("GET", card.dataset.card, { target: card, swap: "outerHTML show:none" });
}

// A citation leads to a place that may be folded, or on another tab.
function showCited() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  target?.closest("details")?.setAttribute("open", "");
  target?.scrollIntoView({ block: "center" });
}
for (const act of [followAnswer, showCited]) document.addEventListener("DOMContentLoaded", act);
document.addEventListener("htmx:afterSettle", followAnswer);
addEventListener("hashchange", showCited);
// A browser has six connections to a server over HTTP/1.1 for all its tabs: those that nobody looks at hold none.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return followAnswer();
  following?.source.close();
  following = null;
});
addEventListener("pagehide", () => following?.source.close());
