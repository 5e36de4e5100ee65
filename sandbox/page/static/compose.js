// Writing: sending, editing, replying, files, commands and mentions while typing.
import { places, t } from "./state.js";
import { paneData, refresh } from "./page.js";
import { make, walk } from "./ui.js";
import { post } from "./talk.js";

const isTouch = () => matchMedia("(pointer: coarse)").matches; // a computer without a mouse is none

export function grow(area) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, 168)}px`;
}

export function complete(id, text) {
  const area = document.querySelector(`#${id} textarea`);
  if (!area) return;
  area.value = text;
  grow(area);
  area.focus();
}

export function composerKey(event) {
  const form = event.target.closest("form");
  const list = form.querySelector(".suggest");
  if (!list.hidden && ["ArrowDown", "ArrowUp"].includes(event.key)) { walk(event, list); return true; }
  if (!list.hidden && ["Tab", "Enter"].includes(event.key) && !event.isComposing) {
    const chosen = list.querySelector('[aria-selected="true"]');
    if (chosen && (event.key === "Tab" || !chosen.hasAttribute("data-whole"))) { event.preventDefault(); chosen.click(); return true; }
  }
  if (event.key === "Escape" && (!list.hidden || form.dataset.edit || form.dataset.reply)) { list.hidden = true; if (form.dataset.edit || form.dataset.reply) clear(form); event.stopPropagation(); return true; }
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !isTouch()) { event.preventDefault(); form.requestSubmit(); return true; }
  return false;
}

// Suggestions: "/" gives commands, "@" people, "#" rooms.
export function suggest(area) {
  const form = area.closest("form");
  const list = form.querySelector(".suggest");
  const data = paneData(form.dataset.platform);
  const before = area.value.slice(0, area.selectionStart);
  const found = [];
  const slash = /^\/(\S*)$/.exec(before);
  const named = /(^|\s)([@#])([^\s@#]*)$/.exec(before);
  if (slash) {
    for (const one of data.commands ?? []) {
      const name = one.command.replace(/^\//, "");
      if (name.startsWith(slash[1])) found.push({ whole: name === slash[1], label: `/${name}`, more: one.usage_hint || one.description, text: `/${name} ` });
    }
  } else if (named && form.dataset.platform === "slack") {
    const names = Object.values(named[2] === "@" ? data.people : data.rooms);
    for (const name of names) if (name.toLowerCase().startsWith(named[3].toLowerCase())) found.push({ whole: name.toLowerCase() === named[3].toLowerCase(), label: named[2] + name, text: `${before.slice(0, before.length - named[3].length - 1)}${named[2]}${name} ` });
  }
  list.hidden = !found.length;
  list.replaceChildren(...found.slice(0, 8).map((one, index) => make("button", {
    type: "button", role: "option", "data-whole": Boolean(one.whole), "aria-selected": index === 0 ? "true" : "false",
    on: { click: () => { area.value = one.text + area.value.slice(area.selectionStart); list.hidden = true; grow(area); area.focus(); } } }, one.label, one.more ? make("small", {}, one.more) : null)));
}

// Files wait as chips until they are sent.
const waiting = new WeakMap();
export function pickFiles(input) {
  const form = input.closest("form");
  waiting.set(form, [...(waiting.get(form) ?? []), ...input.files]);
  input.value = "";
  drawFiles(form);
  form.querySelector("textarea").focus();
}

function drawFiles(form) {
  const files = waiting.get(form) ?? [];
  const place = form.querySelector(".picked");
  place.hidden = !files.length;
  place.replaceChildren(...files.map((file) => make("span", { class: "chip" }, file.name,
    make("button", { type: "button", "aria-label": t.remove, on: { click: () => { waiting.set(form, files.filter((one) => one !== file)); drawFiles(form); } } }, "×"))));
  if (files.length && form.dataset.platform === "telegram") place.append(make("label", {}, make("input", { type: "checkbox", name: "document" }), " ", t.as_document));
}

export function startReply(row) {
  const form = document.getElementById("telegram-composer");
  if (!form) return;
  form.dataset.reply = row.dataset.message;
  hint(form, `${row.dataset.author}: ${row.dataset.text || t.file}`);
}

export function startEdit(row) {
  const form = row.closest(".thread, .conversation").querySelector(".composer");
  form.dataset.edit = row.dataset.ts ?? row.dataset.message;
  const area = form.querySelector("textarea");
  area.value = row.dataset.text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  hint(form, t.edit);
  grow(area);
}

function hint(form, text) {
  const place = form.querySelector(".reply-to");
  place.hidden = false;
  place.replaceChildren(make("span", {}, text), make("button", { type: "button", class: "icon", "aria-label": t.cancel, on: { click: () => clear(form) } }, "×"));
  form.querySelector("textarea").focus();
}

function clear(form) {
  if (form.dataset.edit) form.querySelector("textarea").value = "";
  delete form.dataset.edit;
  delete form.dataset.reply;
  form.querySelector(".reply-to").hidden = true;
  form.querySelector(".suggest").hidden = true;
  waiting.delete(form);
  drawFiles(form);
  grow(form.querySelector("textarea"));
}

export async function sendForm(form) {
  const area = form.querySelector("textarea");
  const text = area.value.trim();
  const files = waiting.get(form) ?? [];
  if (!text && !files.length) return;
  const platform = form.dataset.platform;
  const said = new FormData();
  const here = platform === "slack" ? { as: places.slack.su, room: places.slack.sr, thread: form.dataset.thread } : { as: places.telegram.tp, room: places.telegram.tr, topic: places.telegram.tt };
  const extra = { text, message: form.dataset.edit, reply: form.dataset.reply, document: form.querySelector('[name="document"]')?.checked ? "1" : "" };
  for (const [name, value] of Object.entries({ ...here, ...extra })) if (value) said.append(name, value);
  for (const file of files) said.append("files", file);
  const verb = form.dataset.edit ? "edit" : "send";
  area.value = "";
  clear(form);
  const answer = await post(`/play/${platform}/${verb}`, said);
  if (!answer.ok && !area.value) { area.value = text; grow(area); }
  refresh(platform, { bottom: true });
}
