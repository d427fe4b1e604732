// The search field: suggestions as one types, and Backspace that opens the last token again.
"use strict";

const field = () => document.getElementById("q");
const list = () => document.getElementById("suggestions");
const options = () => [...list().querySelectorAll('[role="option"]')];
const active = () => list().querySelector('[aria-selected="true"]');

function show(open) {
  list().hidden = !open;
  field().setAttribute("aria-expanded", String(open));
  if (!open) activate(null);
}

function activate(option) {
  active()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) field().setAttribute("aria-activedescendant", option.id);
  else field().removeAttribute("aria-activedescendant");
}

// A finished filter searches at once; a key waits for its value and asks for suggestions of it.
function take(option) {
  field().value = option.dataset.text;
  show(false);
  if (option.dataset.done) field().form.requestSubmit();
  else {
    field().focus();
    htmx.trigger(field(), "suggest");
  }
}

// The filters that are tokens already travel along, and so does the place of the caret.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.id === "q") event.detail.parameters.at = field().selectionStart;
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.requestConfig.elt.id !== "q") return;
  show(document.activeElement === field() && options().length > 0);
});

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "q" || event.isComposing) return;
  const open = !list().hidden;
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && open) {
    event.preventDefault();
    const all = options();
    const at = all.indexOf(active());
    activate(all[(at + (event.key === "ArrowDown" ? 1 : all.length - (at < 0 ? 0 : 1))) % all.length]);
  } else if (event.key === "ArrowDown") {
    htmx.trigger(field(), "suggest");
  } else if ((event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) && open && active()) {
    event.preventDefault();
    take(active());
  } else if (event.key === "Escape") {
    event.preventDefault();
    if (open) show(false);
    else field().blur();
  } else if (event.key === "Backspace" && !field().value) {
    reopenLast(event);
  }
});

function reopenLast(event) {
  const token = [...document.querySelectorAll("#query .token")].at(-1);
  if (!token) return;
  event.preventDefault();
  field().value = token.querySelector('input[name="term"]').value;
  token.remove();
  htmx.trigger(field(), "suggest");
}

document.addEventListener("mousedown", (event) => {
  const option = event.target.closest('#suggestions [role="option"]');
  if (option) {
    event.preventDefault();
    take(option);
  }
});
document.addEventListener("focusout", (event) => {
  if (event.target.id === "q") show(false);
});
document.addEventListener("click", (event) => {
  if (event.target.matches(".query, .tokens")) field().focus();
});
