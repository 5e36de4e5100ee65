// The page's heart: who is played, which room is open, and keeping the screen true to the server.
import { onAct, onChange, onSubmit, onKey, onInput } from "./acts.js";
import { boot, places, t } from "./state.js";
import { showClock, drawClocks } from "./time.js";
import { toast, ticker } from "./ui.js";

const panes = { slack: document.getElementById("slack"), telegram: document.getElementById("telegram") };
const running = { slack: null, telegram: null };

export function paneData(platform) {
  return JSON.parse(panes[platform].querySelector(".pane-data").textContent);
}

export function query() {
  const asked = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...places.slack, ...places.telegram, lang: boot.language })) if (value) asked.set(key, value);
  return asked;
}

export async function refresh(platform, { bottom = false } = {}) {
  if (running[platform]) { running[platform].again = true; running[platform].bottom ||= bottom; return running[platform].done; }
  const run = { again: false, bottom };
  running[platform] = run;
  run.done = (async () => {
    try {
      do {
        run.again = false;
        const asked = query().toString();
        const answer = await fetch(`/pane/${platform}?${asked}`).catch(() => null);
        const text = answer?.ok ? await answer.text() : null;
        if (text !== null && asked === query().toString()) apply(platform, text, run.bottom);
        else if (text !== null) run.again = true;
      } while (run.again);
    } finally { running[platform] = null; }
  })();
  return run.done;
}

export async function go(platform, changes, options = {}) {
  Object.assign(places[platform], changes);
  history.replaceState(null, "", `?${query()}`);
  await refresh(platform, { bottom: true });
  if (options.focus !== false && matchMedia("(hover: hover)").matches) panes[platform].querySelector(".composer textarea")?.focus({ preventScroll: true });
}

const source = new WeakMap();
const html = (node) => source.get(node) ?? node.outerHTML;
const parts = (root) => [...root.querySelectorAll("[data-region]:not([data-shell]), [data-list]:not([data-list=''])")];
const nameOf = (node) => node.dataset.region ?? node.dataset.list;
const atBottom = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 90;
const keep = (root) => root.querySelectorAll("[data-region], [data-list], [data-list] > *").forEach((node) => source.set(node, node.outerHTML));

function apply(platform, text, bottom) {
  const pane = panes[platform];
  const made = document.createElement("template");
  made.innerHTML = text;
  const fresh = made.content;
  keep(fresh);
  const same = parts(pane).map(nameOf).join() === parts(fresh).map(nameOf).join();
  if (!same) replaceAll(pane, fresh);
  else {
    pane.querySelector("[data-shell]").className = fresh.querySelector("[data-shell]").className;
    for (const node of parts(fresh)) patch(pane, parts(pane).find((old) => nameOf(old) === nameOf(node)), node, bottom);
    pane.querySelector(".pane-data").replaceWith(fresh.querySelector(".pane-data"));
  }
  if (bottom || !same) pane.querySelectorAll(".messages").forEach((list) => { list.scrollTop = list.scrollHeight; });
  pane.querySelector(".modal-place .modal:not([data-shown])")?.dispatchEvent(new CustomEvent("opened", { bubbles: true }));
  drawUnread(); drawClocks();
}

function replaceAll(pane, fresh) {
  const active = pane.contains(document.activeElement) ? document.activeElement : null;
  const form = active?.closest("form")?.id;
  const drafts = [...pane.querySelectorAll("[data-keep]")].map((box) => [box.dataset.keep, box]);
  pane.replaceChildren(fresh);
  for (const [key, box] of drafts) {
    const place = [...pane.querySelectorAll("[data-keep]")].find((one) => one.dataset.keep === key);
    if (place) place.replaceWith(box);
  }
  if (form) document.getElementById(form)?.querySelector("textarea")?.focus();
}

function patch(pane, old, fresh, bottom) {
  if (fresh.dataset.keep !== undefined) { if (old.dataset.keep !== fresh.dataset.keep) old.replaceWith(fresh); return; }
  if (fresh.dataset.list && old.dataset.room === fresh.dataset.room && old.dataset.thread === fresh.dataset.thread) { patchList(old, fresh, bottom); return; }
  if (html(old) === html(fresh)) return;
  const inside = old.contains(document.activeElement) ? mark(document.activeElement) : null;
  const values = fresh.dataset.region === "slack-modal" ? modalValues(old) : null;
  old.replaceWith(fresh);
  if (values) restore(fresh, values);
  if (inside) pane.querySelector(inside)?.focus({ preventScroll: true });
}

function mark(node) {
  const words = ["act", "room", "topic", "action", "block"].filter((key) => node.dataset?.[key]);
  return words.length ? words.map((key) => `[data-${key}="${CSS.escape(node.dataset[key])}"]`).join("") : null;
}

function patchList(old, fresh, bottom) {
  const stay = bottom || atBottom(old);
  const known = new Map([...old.children].map((node) => [node.dataset.key, node]));
  let place = old.firstElementChild;
  for (const node of [...fresh.children]) {
    let mine = known.get(node.dataset.key);
    known.delete(node.dataset.key);
    if (mine && html(mine) !== html(node)) { if (place === mine) place = node; mine.replaceWith(node); mine = node; }
    if (!mine) mine = node;
    if (mine === place) place = place.nextElementSibling;
    else old.insertBefore(mine, place);
  }
  known.forEach((node) => node.remove());
  if (stay) old.scrollTop = old.scrollHeight;
}

// A window that the bot redraws keeps what was typed, as the real one does for the same block and action.
function modalValues(place) {
  const form = place.querySelector(".modal");
  if (!form) return null;
  return [...form.querySelectorAll("[data-action]")].map((node) => [form.dataset.view, node.dataset.block, node.dataset.action, node.dataset.type, node]);
}

function restore(place, values) {
  const form = place.querySelector(".modal");
  for (const [view, block, action, type, node] of values) {
    if (!form || form.dataset.view !== view) return;
    const same = [...form.querySelectorAll("[data-action]")].find((one) => one.dataset.block === block && one.dataset.action === action && one.dataset.type === type);
    if (same && !same.matches("button, details")) same.replaceWith(node);
  }
}

// What is new elsewhere: a dot on rooms and tabs.
const unread = { slack: new Set(), telegram: new Set() };
function drawUnread() {
  for (const platform of ["slack", "telegram"]) {
    const here = paneData(platform);
    unread[platform].delete(here.topic ? `${here.room}/${here.topic}` : here.room);
    panes[platform].querySelectorAll(".room").forEach((line) => {
      line.querySelector(".unread").hidden = !unread[platform].has(line.dataset.topic ? `${line.dataset.room}/${line.dataset.topic}` : line.dataset.room);
    });
    const hidden = document.querySelector("main").dataset.tab !== platform;
    document.querySelector(`.tabs [data-tab="${platform}"] i`).hidden = !(unread[platform].size && hidden);
  }
}
export const forget = (platform) => unread[platform].clear();

const soon = {};
function heard(entry) {
  const here = paneData(entry.platform);
  if (!entry.readers.includes(here.person)) { if (entry.kind === "new" && entry.by_bot && entry.readers.length === 1) ticker(entry); return; }
  if (entry.kind === "toast") { if (entry.text) toast(entry.text, { alert: entry.alert }); return; }
  if (entry.kind === "new" && entry.room !== here.room) unread[entry.platform].add(entry.room);
  if (entry.kind === "new" && entry.room === here.room && here.topic && (entry.thread ?? "1") !== here.topic) unread[entry.platform].add(`${entry.room}/${entry.thread ?? "1"}`);
  clearTimeout(soon[entry.platform]);
  soon[entry.platform] = setTimeout(() => refresh(entry.platform), 25);
}

let wait = 300;
let seen = boot.seq;
function listen() {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/play/live?after=${seen}`);
  socket.onmessage = (event) => {
    const said = JSON.parse(event.data);
    if (said.type === "clock") { showClock(said); return; }
    seen = said.seq;
    heard(said);
  };
  socket.onopen = () => { if (wait > 300) { refresh("slack"); refresh("telegram"); } wait = 300; document.body.dataset.live = "1"; };
  socket.onclose = () => { delete document.body.dataset.live; if (wait === 600) toast(t.offline); setTimeout(listen, wait); wait = Math.min(wait * 2, 5000); };
}

document.addEventListener("click", onAct);
document.addEventListener("change", onChange);
document.addEventListener("submit", onSubmit);
document.addEventListener("keydown", onKey);
document.addEventListener("input", onInput);
document.addEventListener("opened", (event) => { event.target.dataset.shown = "1"; event.target.querySelector("input:not([type=hidden]), textarea, select, button.button")?.focus(); });
document.querySelectorAll(".messages").forEach((list) => { list.scrollTop = list.scrollHeight; });
for (const pane of Object.values(panes)) keep(pane);
const tab = new URLSearchParams(location.search).get("tab");
if (tab) document.querySelector(`.tabs [data-tab="${CSS.escape(tab)}"]`)?.click();
drawClocks();
setInterval(drawClocks, 1000);
listen();
