// Comments: names are completed while one types, Ctrl Enter posts.
"use strict";

const names = () => document.getElementById("mentions");
const chosenName = () => names()?.querySelector('[aria-selected="true"]');
// The word that is being typed, when it may name somebody: "@pri" before the caret.
const word = (area) => area.value.slice(0, area.selectionStart).match(/(?:^|[\s(])([@#][\w.+-]*)$/)?.[1];

function hideNames() {
  if (names()) names().hidden = true;
}

let asking;
document.addEventListener("input", (event) => {
  const url = event.target.form?.dataset.discussion;
  if (!url || event.target.name !== "text") return;
  clearTimeout(asking);
  const asked = word(event.target);
  if (!asked) return hideNames();
  asking = setTimeout(async () => {
    const answer = await fetch(`${url}?q=${encodeURIComponent(asked)}`, { headers: { "HX-Request": "true" } });
    if (answer.ok && word(event.target) === asked) names().outerHTML = await answer.text();
  }, 150);
});

function takeName(option) {
  const area = document.getElementById("comment-text");
  const typed = word(area) ?? "";
  area.setRangeText(`${option.dataset.text} `, area.selectionStart - typed.length, area.selectionStart, "end");
  hideNames();
  area.focus();
}

function moveName(by) {
  const all = [...names().querySelectorAll('[role="option"]')];
  const next = all[(all.indexOf(chosenName()) + by + all.length) % all.length];
  for (const option of all) option.setAttribute("aria-selected", String(option === next));
  document.getElementById("comment-text").setAttribute("aria-activedescendant", next.id);
}

document.addEventListener("keydown", (event) => {
  if (!event.target.matches(".write textarea") || event.isComposing) return;
  const open = names() && !names().hidden && event.target.id === "comment-text";
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form.requestSubmit(event.target.form.querySelector('.primary[name="do"]'));
  else if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) moveName(event.key === "ArrowDown" ? 1 : -1);
  else if (open && (event.key === "Enter" || event.key === "Tab") && chosenName()) takeName(chosenName());
  else if (open && event.key === "Escape") hideNames();
  else return;
  event.preventDefault();
});
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest("#mentions [role=option]");
  if (!option) return;
  event.preventDefault();
  takeName(option);
});
document.addEventListener("focusout", (event) => event.target.id === "comment-text" && hideNames());
