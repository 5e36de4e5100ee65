// What clicks, changes and keys mean. One table; each act is a line or a small function.
import { boot, places, t } from "./state.js";
import { forget, go, paneData, refresh } from "./page.js";
import { choosePerson, closeMenu, menu, open, make, shut, sure, toast } from "./ui.js";
import { drawer, drawerOpen, move } from "./time.js";
import { composerKey, complete, grow, pickFiles, sendForm, startEdit, startReply, suggest } from "./compose.js";
import { post } from "./talk.js";
import { chosenValue, ask, submitModal } from "./fields.js";

const platformOf = (node) => node.closest(".pane")?.id ?? node.dataset.platform;
const rowOf = (node) => node.closest("[data-ts], [data-message]");

const acts = {
  tab: (node) => {
    document.querySelector("main").dataset.tab = node.dataset.tab;
    document.querySelectorAll(".tabs button").forEach((one) => one.setAttribute("aria-pressed", String(one === node)));
    node.querySelector("i").hidden = true;
    document.querySelectorAll(`#${node.dataset.tab} .messages`).forEach((list) => { list.scrollTop = list.scrollHeight; });
  },
  time: (node) => move(node.dataset.to),
  next: () => drawer("next"),
  try: () => drawer("try"),
  choose: async (node) => {
    const person = await choosePerson(node.dataset.platform, t.choose);
    if (person) become(node.dataset.platform, person.id);
  },
  room: (node) => openRoom(node.dataset.platform, node.dataset.room, node.dataset.topic),
  back: (node) => go(node.dataset.platform, node.dataset.platform === "slack" ? (places.slack.st && matchMedia("(min-width: 861px)").matches ? { st: "" } : { sr: "", st: "" }) : { tr: "", tt: "" }, { focus: false }),
  thread: async (node) => { await go("slack", { st: node.dataset.thread }); document.querySelector("#slack-thread-composer textarea")?.focus(); },
  "close-thread": () => go("slack", { st: "" }),
  home: async (node) => { await go("slack", { sh: node.dataset.on }, { focus: false }); await post(node.dataset.on ? "/play/slack/home" : "/play/slack/messages-tab", { as: places.slack.su }); },
  press: (node) => press(node),
  overflow: (node) => press(node),
  unchoose: (node) => { const at = node.closest(".external"); node.remove(); changed(at); },
  "close-modal": () => post("/play/slack/close", { as: places.slack.su }).then(() => refresh("slack")),
  shortcuts: (node) => shortcuts(node),
  "react-menu": (node) => emojiMenu(node),
  react: (node) => react(platformOf(node), rowOf(node), node.dataset.name, !node.dataset.me),
  "message-menu": (node) => messageMenu(node),
  reply: (node) => startReply(rowOf(node)),
  key: (node) => key(node),
  say: (node) => post("/play/telegram/send", form({ as: places.telegram.tp, room: places.telegram.tr, topic: places.telegram.tt, text: node.dataset.text })).then(() => refresh("telegram", { bottom: true })),
  commands: (node) => menu(node, paneData("telegram").commands.map((one) => ({ label: `/${one.command}  ${one.description}`, act: () => complete("telegram-composer", `/${one.command}`) }))),
  start: async (node) => { const code = node.dataset.code; places.telegram.code = ""; await post("/play/telegram/start", { as: places.telegram.tp, code }); go("telegram", { code: "" }); },
  unblock: async () => { await post("/play/telegram/unblock", { as: places.telegram.tp }); refresh("telegram"); },
  "chat-menu": (node) => chatMenu(node),
  "deep-link": (node) => deepLink(node.dataset.url, platformOf(node)),
};

export function onAct(event) {
  const node = event.target.closest?.("[data-act]");
  if (!event.target.closest?.(".menu")) closeMenu();
  document.querySelectorAll("details.overflow[open]").forEach((one) => { if (!one.contains(event.target)) one.open = false; });
  if (!node || !acts[node.dataset.act]) return;
  event.preventDefault();
  acts[node.dataset.act](node);
}

export function onChange(event) {
  const node = event.target;
  if (node.matches(".composer input[type=file]")) { pickFiles(node); return; }
  if (node.matches(".external input")) return; // what was only typed is no choice yet
  const control = node.closest("[data-action]");
  if (control && !control.matches("input[type=text], textarea, input[type=number], input[type=email], input[type=url], input[type=file]")) changed(control);
}

export function onSubmit(event) {
  const at = event.target.closest("[data-form]");
  if (!at) return;
  event.preventDefault();
  if (at.dataset.form === "send") sendForm(at);
  if (at.dataset.form === "modal") submitModal(at).then(() => refresh("slack"));
}

export function onInput(event) {
  if (event.target.matches(".composer textarea")) { grow(event.target); suggest(event.target); }
  if (event.target.matches(".external input")) { event.target.dataset.chosen = ""; ask(event.target); }
}

export function onKey(event) {
  if (event.target.matches?.(".composer textarea") && composerKey(event)) return;
  if (event.target.matches?.(".external input") && event.key === "ArrowDown") { event.target.closest(".external").querySelector(".found button")?.focus(); event.preventDefault(); return; }
  if (event.target.closest?.(".menu, .found") && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    const next = event.key === "ArrowDown" ? event.target.nextElementSibling : event.target.previousElementSibling;
    next?.focus(); event.preventDefault(); return;
  }
  if (event.key === "Escape") escape(event);
}

function escape(event) {
  if (document.getElementById("dialog").open) return; // the dialog closes itself
  const found = event.target.closest?.(".external")?.querySelector(".found:not([hidden])");
  if (found) { found.hidden = true; return; }
  const details = event.target.closest?.("details.overflow[open]");
  if (details) { details.open = false; details.querySelector("summary").focus(); return; }
  if (closeMenu()) return;
  if (document.querySelector(".modal")) { acts["close-modal"](); return; }
  if (drawerOpen()) { drawer(drawerOpen()); return; }
  if (places.slack.st) acts["close-thread"]();
}

const form = (values) => { const made = new FormData(); for (const [name, value] of Object.entries(values)) made.append(name, value ?? ""); return made; };

export function become(platform, id, room = "") {
  forget(platform);
  return platform === "slack" ? go("slack", { su: id, sr: room, st: "", sh: "" }) : go("telegram", { tp: id, tr: room || id, tt: "", code: "" });
}

function openRoom(platform, room, topic) {
  return platform === "slack" ? go("slack", { sr: room, st: "", sh: "" }) : go("telegram", { tr: room, tt: topic, code: "" });
}

// Slack: buttons, selects and menus in messages, windows and Home.
function place(node) {
  const row = node.closest("[data-ts]");
  const view = node.closest("[data-view]")?.dataset.view ?? "";
  return { as: places.slack.su, room: row ? row.closest("[data-room]").dataset.room : "", ts: row?.dataset.ts ?? "", view };
}

async function press(node) {
  if (node.dataset.confirm && !await sure(JSON.parse(node.dataset.confirm))) return;
  const details = node.closest("details");
  if (details) details.open = false;
  if (node.dataset.url) follow(node.dataset.url, "slack");
  await act(node, { value: node.dataset.value });
}

async function changed(node) {
  if (node.closest(".block.input")) return; // an input block speaks at submission only
  if (node.dataset.confirm && !await sure(JSON.parse(node.dataset.confirm))) { node.value = ""; return; }
  await act(node, { value: chosenValue(node) });
}

async function act(node, what) {
  node.classList.add("busy");
  await post("/play/slack/press", { ...place(node), block: node.dataset.block, action: node.dataset.action, type: node.dataset.type, ...what });
  node.classList.remove("busy");
  refresh("slack");
}

function shortcuts(anchor) {
  const known = paneData("slack").shortcuts.filter((one) => one.type !== "message");
  menu(anchor, [{ heading: t.global_shortcuts }, ...known.map((one) => ({ label: one.name, act: () => post("/play/slack/shortcut", { as: places.slack.su, callback: one.callback_id }) }))]);
}

// Messages of both platforms.
function emojiMenu(anchor) {
  const platform = platformOf(anchor);
  const row = rowOf(anchor);
  menu(anchor, boot.emoji[platform].map(([name, sign]) => ({ label: sign, name, act: () => react(platform, row, name, true) })), { emoji: true });
}

async function react(platform, row, name, add) {
  const room = platform === "slack" ? row.closest("[data-room]").dataset.room : places.telegram.tr;
  await post(`/play/${platform}/react`, { as: platform === "slack" ? places.slack.su : places.telegram.tp, room, message: row.dataset.ts ?? row.dataset.message, name, add });
  refresh(platform);
}

function messageMenu(anchor) {
  const platform = platformOf(anchor);
  const row = rowOf(anchor);
  const items = [];
  if (platform === "slack") {
    const known = paneData("slack").shortcuts.filter((one) => one.type === "message");
    if (known.length) items.push({ heading: t.message_shortcuts });
    for (const one of known) items.push({ label: one.name, act: () => post("/play/slack/shortcut", { as: places.slack.su, callback: one.callback_id, room: place(row).room, ts: row.dataset.ts }) });
  }
  if (row.classList.contains("mine")) items.push({ label: t.edit, act: () => startEdit(row) }, { label: t.delete, act: () => remove(platform, row) });
  if (!items.length) items.push({ heading: t.no_shortcuts });
  menu(anchor, items);
}

async function remove(platform, row) {
  const room = platform === "slack" ? row.closest("[data-room]").dataset.room : places.telegram.tr;
  await post(`/play/${platform}/delete`, { as: platform === "slack" ? places.slack.su : places.telegram.tp, room, message: row.dataset.ts ?? row.dataset.message });
  refresh(platform);
}

// Telegram: keys, links, the chat's menu.
async function key(node) {
  if (node.dataset.url) { follow(node.dataset.url, "telegram"); return; }
  node.classList.add("busy");
  const answer = await post("/play/telegram/press", { as: places.telegram.tp, room: places.telegram.tr, message: rowOf(node).dataset.message, data: node.dataset.data });
  node.classList.remove("busy");
  if (answer.ok && answer.unanswered) toast(t.no_answer, { bad: true });
  refresh("telegram");
}

export function follow(url, from) {
  if (/^(https?:\/\/)?(t|telegram)\.me\/\w+\?.*start(group)?=/.test(url)) { deepLink(url, from); return; }
  if (/^https?:\/\//.test(url)) window.open(url, "_blank", "noopener,noreferrer");
}

async function deepLink(url, from) {
  let person = from === "telegram" ? places.telegram.tp : "";
  if (!person) {
    const chosen = await choosePerson("telegram", t.open_link_as);
    if (!chosen) return;
    person = chosen.id;
  }
  const found = await post("/play/telegram/open", { as: person, url });
  if (!found.ok) return;
  document.querySelector('.tabs [data-tab="telegram"]').click();
  if (found.groups) { chooseGroup(person, url, found.groups); return; }
  await go("telegram", { tp: person, tr: person, tt: "", code: found.code || " " }, { focus: false });
  document.querySelector(".starter button")?.focus();
}

function chooseGroup(person, url, groups) {
  const list = make("div", { class: "people" }, ...groups.map((one) => make("button", { type: "button", class: "person", on: { click: async () => {
    shut();
    const done = await post("/play/telegram/open", { as: person, url, group: one.id });
    if (done.ok) go("telegram", { tp: person, tr: one.id, tt: one.forum ? "1" : "", code: "" });
  } } }, make("span", {}, one.title))));
  open(t.open_link_group, list);
}

function chatMenu(node) {
  const said = (verb) => () => post(`/play/telegram/${verb}`, { as: places.telegram.tp, room: places.telegram.tr }).then(() => refresh("telegram"));
  const { private: alone, inside, blocked } = node.dataset;
  if (alone) menu(node, [blocked ? { label: t.unblock, act: said("unblock") } : { label: t.block, act: said("block") }]);
  else if (inside) menu(node, [{ label: t.promote_bot, act: said("promote") }, { label: t.kick_bot, act: said("kick") }]);
  else menu(node, [{ label: t.add_bot, act: said("add") }]);
}

document.addEventListener("look", ({ detail }) => {
  document.querySelector(`.tabs [data-tab="${detail.platform}"]`).click();
  if (detail.platform === "telegram") go("telegram", { tp: detail.readers[0], tr: detail.room, tt: "", code: "" });
  else go("slack", { su: detail.readers[0], sr: detail.room, st: "", sh: "" });
});
document.addEventListener("use", ({ detail }) => {
  document.querySelector(`.tabs [data-tab="${detail.platform}"]`).click();
  complete(`${detail.platform}-composer`, detail.line);
});
