// Small things that appear on top: toasts, dialogs, floating menus. Everything said is set as text.
import { say, t } from "./state.js";

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") node.className = value;
    else if (key === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

const box = () => document.getElementById("toasts");
export function toast(text, { bad = false, alert = false, seconds = 5 } = {}) {
  if (alert) { message(text); return; }
  const node = make("div", { class: bad ? "toast bad" : "toast" }, text);
  box().append(node);
  setTimeout(() => node.remove(), seconds * 1000 + text.length * 30);
}

let told = null;
export function ticker(entry) {
  told?.remove();
  const node = make("div", { class: "toast" }, say(t.seen_by, { name: entry.whom }),
    make("button", { type: "button", on: { click: () => { node.remove(); document.dispatchEvent(new CustomEvent("look", { detail: entry })); } } }, t.look));
  told = node;
  box().append(node);
  setTimeout(() => node.remove(), 6000);
}

const dialog = () => document.getElementById("dialog");
export function open(title, ...content) {
  const it = dialog();
  it.replaceChildren(
    make("header", {}, make("h2", {}, title), make("button", { type: "button", class: "icon", title: t.close, "aria-label": t.close, on: { click: () => it.close() } }, "×")),
    ...content);
  it.setAttribute("aria-label", title);
  if (!it.open) it.showModal();
  return it;
}
export const shut = () => dialog().open && dialog().close();

export function message(text) {
  open("Liaison", make("p", {}, text), make("footer", {}, make("button", { type: "button", class: "button primary", autofocus: true, on: { click: shut } }, "OK")));
}

export function sure({ title, text, yes, no, danger }) {
  return new Promise((done) => {
    const it = open(title || t.confirm, make("p", {}, text || ""),
      make("footer", {},
        make("button", { type: "button", class: "button", on: { click: () => { done(false); it.close(); } } }, no || t.cancel),
        make("button", { type: "button", autofocus: true, class: danger ? "button danger" : "button primary", on: { click: () => { done(true); it.close(); } } }, yes || t.yes)));
    it.addEventListener("close", () => done(false), { once: true });
  });
}

let floating = null;
export const closeMenu = () => { const had = floating; floating?.remove(); floating = null; return Boolean(had); };
export function menu(anchor, items, { emoji = false } = {}) {
  closeMenu();
  const node = make("div", { class: `menu floating${emoji ? " emoji" : ""}`, role: "menu" });
  for (const item of items) {
    if (item.heading) node.append(make("h4", {}, item.heading));
    else node.append(make("button", { type: "button", role: "menuitem", "aria-label": item.name ?? null, on: { click: () => { closeMenu(); item.act(); } } }, item.label));
  }
  (anchor.closest("dialog[open]") ?? document.body).append(node);
  const at = anchor.getBoundingClientRect();
  const size = node.getBoundingClientRect();
  node.style.left = `${Math.max(8, Math.min(at.right - size.width, innerWidth - size.width - 8))}px`;
  node.style.top = `${at.bottom + size.height + 8 < innerHeight ? at.bottom + 4 : Math.max(8, at.top - size.height - 4)}px`;
  floating = node;
  node.querySelector("button")?.focus();
}

// Choose somebody, with a search that understands names, companies and rooms.
export async function choosePerson(platform, title) {
  const people = await (await fetch(`/people/${platform}`)).json();
  return new Promise((done) => {
    const list = make("div", { class: "people", role: "listbox", "aria-label": title });
    const search = make("input", { class: "search", type: "search", placeholder: t.search_people, "aria-label": t.search_people, autofocus: true });
    const it = open(title, search, list);
    const pick = (person) => { done(person); it.close(); };
    const draw = () => {
      const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      const found = people.filter((one) => words.every((word) => one.search.includes(word)));
      list.replaceChildren(...["main", "ours", "partner"].flatMap((group) => section(group, found.filter((one) => one.group === group), pick)));
      if (!found.length) list.append(make("p", { class: "empty" }, t.no_people));
      list.querySelector(".person")?.setAttribute("aria-selected", "true");
    };
    search.addEventListener("input", draw);
    it.onkeydown = (event) => walk(event, list);
    it.addEventListener("close", () => { it.onkeydown = null; done(null); }, { once: true });
    draw();
    search.focus();
  });
}

function section(group, people, pick) {
  if (!people.length) return [];
  const title = { main: t.main_people, ours: t.our_people, partner: t.partner_people }[group];
  return [make("h3", {}, title), ...people.map((one) =>
    make("button", { type: "button", class: "person", role: "option", "data-person": one.id, on: { click: () => pick(one) } },
      avatar(one), make("span", {}, one.name, make("small", {}, [one.company, one.zone].filter(Boolean).join(" · ")))))];
}

export function avatar(one) {
  const node = make("span", { class: "avatar", "aria-hidden": "true" }, one.initials);
  node.style.setProperty("--hue", one.hue);
  return node;
}

export function walk(event, list) {
  const lines = [...list.querySelectorAll("button")];
  if (!lines.length || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
  const now = Math.max(0, lines.findIndex((line) => line.getAttribute("aria-selected") === "true"));
  if (event.key === "Enter") { if (document.activeElement?.tagName === "INPUT") { event.preventDefault(); lines[now].click(); } return; }
  event.preventDefault();
  const next = (now + (event.key === "ArrowDown" ? 1 : -1) + lines.length) % lines.length;
  lines[now].removeAttribute("aria-selected");
  lines[next].setAttribute("aria-selected", "true");
  lines[next].scrollIntoView({ block: "nearest" });
}
