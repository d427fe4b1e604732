// Live pages: one stream of events per open page. An event says what changed; the page asks for what it shows.
//
// An element with data-live="job:5 outbox" gets the event "live" when one of these topics changes; with
// hx-trigger="live" that is all it takes. data-place="issue:12" tells the others there that one looks at it.
"use strict";

const QUIET = 250; // milliseconds in which further events join the first
const PAUSE = 1500; // milliseconds between two requests at least
const HIDDEN = 60000; // milliseconds after which a page that nobody looks at lets go of its stream
const CUT = 5000; // milliseconds without a stream after which the page says so

let source = null;
let openTopics = "";
let lastEvent = "";
let retryIn = 5000;
let timers = {};
let newsFrom = new Date();

const listed = () => document.querySelector(".issues tbody, .list .empty");
const rowIds = () => [...document.querySelectorAll('.issues tr[id^="issue-"]')].map((row) => row.id.slice(6));
const otherIds = () => [...document.querySelectorAll("#peek[data-issue], #issue-actions[data-issue]")].map((part) => part.dataset.issue);

function wantedTopics() {
  const topics = new Set([...document.querySelectorAll("[data-live]")].flatMap((part) => part.dataset.live.split(" ")));
  if (listed()) topics.add("issue:*");
  else otherIds().forEach((id) => topics.add(`issue:${id}`));
  return [...topics].filter(Boolean).sort().join(",");
}

function connect() {
  clearTimeout(timers.retry);
  const topics = wantedTopics();
  if (!topics || document.hidden || (source && topics === openTopics)) return;
  source?.close();
  openTopics = topics;
  const place = document.querySelector("[data-place]")?.dataset.place ?? "";
  source = new EventSource(`/live/?${new URLSearchParams({ topics, at: place, last: lastEvent })}`);
  for (const kind of ["hello", "change", "reset"]) source.addEventListener(kind, heard);
  source.addEventListener("error", lost);
}

function heard(event) {
  if (event.lastEventId) lastEvent = event.lastEventId;
  retryIn = 5000;
  showLive(true);
  if (event.type === "reset") return refreshAll();
  const { topics, new: created = [] } = JSON.parse(event.data);
  const issues = topics.filter((topic) => topic.startsWith("issue:")).map((topic) => topic.slice(6));
  if (issues.length) note(issues, created.map(String));
  for (const part of document.querySelectorAll("[data-live]")) {
    if (part.dataset.live.split(" ").some((topic) => topics.includes(topic) && !topic.startsWith("issue:"))) nudge(part);
  }
}

// The browser connects again by itself, unless the answer was no stream at all.
function lost() {
  showLive(false);
  if (source?.readyState !== EventSource.CLOSED) return;
  source = null;
  timers.retry = setTimeout(connect, retryIn);
  retryIn = Math.min(2 * retryIn, 60000);
}

function letGo() {
  source?.close();
  source = null;
}

// Each part asks at most every PAUSE, and once more for what came meanwhile.
function nudge(part) {
  if (part.liveTimer) return;
  const wait = Math.max(QUIET, (part.liveAt ?? 0) + PAUSE - performance.now());
  part.liveTimer = setTimeout(() => {
    part.liveTimer = 0;
    part.liveAt = performance.now();
    if (part.isConnected) htmx.trigger(part, "live");
  }, wait);
}

const news = { shown: new Set(), created: new Set(), others: false, at: 0, timer: 0 };

function note(ids, created) {
  const here = new Set([...rowIds(), ...otherIds()]);
  for (const id of ids) {
    if (here.has(id)) news.shown.add(id);
    else news.others = true;
  }
  created.forEach((id) => news.created.add(id));
  later();
}

function refreshAll() {
  note([...rowIds(), ...otherIds()], []);
  news.others = true;
  document.querySelectorAll("[data-live]").forEach(nudge);
}

function later() {
  if (news.timer) return;
  news.timer = setTimeout(ask, Math.max(QUIET, news.at + PAUSE - performance.now()));
}

// Not under somebody's hands: an open menu or dialog is left alone until it is closed.
function ask() {
  news.timer = 0;
  if (document.querySelector("[popover]:popover-open, dialog[open]")) {
    news.at = performance.now();
    return later();
  }
  const values = { changed: [...news.shown].join(","), created: "", shown: "" };
  if (listed() && news.others) {
    values.shown = rowIds().join(",") || "0";
    values.created = [...news.created].slice(-200).join(",");
  }
  Object.assign(news, { at: performance.now(), others: false });
  news.shown.clear();
  newsFrom = new Date();
  if (values.changed || values.shown) htmx.ajax("GET", "/issues/news/", { source: "#live-state", target: "body", swap: "none", values });
}

// How old the page is, where it no longer is live.
function showLive(isLive) {
  const line = document.getElementById("live-state");
  if (!line) return;
  if (isLive) {
    clearTimeout(timers.cut);
    timers.cut = 0;
    line.hidden = true;
  } else if (!timers.cut) {
    timers.cut = setTimeout(() => {
      line.textContent = `Not live at the moment. What you see is of ${newsFrom.toISOString().slice(11, 16)} UTC.`;
      line.hidden = false;
    }, CUT);
  }
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(timers.hidden);
  if (document.hidden) timers.hidden = setTimeout(letGo, HIDDEN);
  else connect();
});
addEventListener("pagehide", letGo);
addEventListener("pageshow", (event) => event.persisted && connect());
document.addEventListener("DOMContentLoaded", connect);

// A list that was loaded again has the news in it; other parts may bring other topics.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "explorer") {
    news.created.clear();
    Object.assign(news, { others: false });
    newsFrom = new Date();
  }
  connect();
});
