// Business time on the bar, the time machine, and the drawer with what comes next and what to try.
import { boot, say, t } from "./state.js";
import { paneData, refresh } from "./page.js";
import { make, toast } from "./ui.js";
import { post } from "./talk.js";

let offset = boot.offset;
export function showClock(said) {
  offset = said.offset;
  drawClocks();
  const bar = document.getElementById("progress");
  if (!bar.hidden) bar.querySelector("span").textContent = `${t.moving} ${written(new Date(said.now), here())}`;
}
const now = () => new Date(Date.now() + offset * 1000);
const here = () => paneData("slack").zone || "UTC";
const locale = boot.language === "zh" ? "zh-CN" : "en-GB";
export function written(moment, zone, long = true) {
  const shape = { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(long ? { weekday: "short", day: "numeric", month: "short" } : {}) };
  return new Intl.DateTimeFormat(locale, shape).format(moment);
}

export function drawClocks() {
  const lines = ["slack", "telegram"].map(paneData).filter((one) => one.person).map((one) => {
    const city = one.zone.split("/").at(-1).replaceAll("_", " ");
    return make("div", { title: one.zone }, make("b", {}, written(now(), one.zone)), make("small", {}, `${one.name} · ${city}`));
  });
  const place = document.getElementById("clocks");
  if (place.textContent !== lines.map((line) => line.textContent).join("")) place.replaceChildren(...lines);
}

export async function move(to) {
  const bar = document.getElementById("progress");
  const buttons = document.querySelectorAll(".machine button");
  buttons.forEach((button) => { button.disabled = true; });
  bar.hidden = false;
  bar.querySelector("span").textContent = t.moving;
  const answer = await post("/play/time", { to, zone: here() });
  bar.hidden = true;
  buttons.forEach((button) => { button.disabled = false; });
  if (answer.ok) {
    offset = answer.offset;
    toast([say(t.moved, { now: written(new Date(answer.now), here()) }), answer.steps.length ? say(t.steps_happened, { count: answer.steps.length }) : ""].filter(Boolean).join(" · "));
  }
  drawClocks();
  refresh("slack"); refresh("telegram");
  if (shown === "next") drawNext();
}

let shown = null;
export function drawer(which) {
  const it = document.getElementById("drawer");
  shown = shown === which ? null : which;
  it.hidden = shown === null;
  document.querySelectorAll(".tools [data-act]").forEach((button) => button.setAttribute("aria-expanded", String(button.dataset.act === shown)));
  if (shown === "next") drawNext();
  if (shown === "try") drawTry();
  if (shown) it.querySelector("button")?.focus();
}
export const drawerOpen = () => shown;

function frame(title, body, extra) {
  document.getElementById("drawer").replaceChildren(
    make("header", {}, make("h2", {}, title), extra, make("button", { type: "button", class: "icon", title: t.close, "aria-label": t.close, on: { click: () => drawer(shown) } }, "×")),
    body);
}

async function drawNext() {
  const answer = await fetch("/play/next").then((got) => got.json()).catch(() => ({ ok: false }));
  if (shown !== "next") return;
  const body = make("div", { class: "drawer-body" });
  const alike = new Map(); // a digest falls due once a zone: one line, not thirty
  for (const one of answer.items ?? []) alike.set(one.what, [...(alike.get(one.what) ?? []), one]);
  for (const [one, ...more] of alike.values()) {
    const again = more.length ? say(t.again, { count: more.length, until: written(new Date(more.at(-1).at), here()) }) : "";
    body.append(make("div", { class: `next-item ${one.kind}` }, make("time", { datetime: one.at }, written(new Date(one.at), here())),
      make("b", {}, one.what), one.why.en ? make("p", {}, one.why[boot.language] ?? one.why.en) : null, make("i", {}, [one.kind === "delivery" ? t.kind_delivery : t.kind_due, again].filter(Boolean).join(" · "))));
  }
  if (!answer.items?.length) body.append(make("p", { class: "empty" }, answer.error ?? t.nothing_next));
  frame(t.what_next, body, make("button", { type: "button", class: "quiet", on: { click: drawNext } }, t.refresh));
}

function drawTry() {
  const body = make("div", { class: "drawer-body" });
  for (const step of t.steps) {
    body.append(make("section", { class: "step" }, make("h3", {}, step.title), make("small", {}, step.who), make("p", {}, step.text), ...step.commands.map((line) => copyLine(line))));
  }
  frame(t.try, body);
}

function copyLine(line) {
  const copy = make("button", { type: "button", on: { click: async () => { await navigator.clipboard?.writeText(line).catch(() => null); copy.textContent = t.copied; setTimeout(() => { copy.textContent = t.copy; }, 1500); } } }, t.copy);
  const use = make("button", { type: "button", on: { click: () => document.dispatchEvent(new CustomEvent("use", { detail: { line, platform: /^[/@]/.test(line) ? "slack" : "telegram" } })) } }, t.use);
  return make("div", { class: "copyline" }, make("code", {}, line), copy, use);
}
