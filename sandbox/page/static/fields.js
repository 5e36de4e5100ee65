// The values that stand in Block Kit's fields, and the choices of external selects.
import { places, t } from "./state.js";
import { make } from "./ui.js";
import { post } from "./talk.js";

const checked = (node) => [...node.querySelectorAll("input:checked")].map((one) => one.value);
const options = (node) => [...node.querySelectorAll(".chosen button")].map((one) => one.value);

export function chosenValue(node) {
  const type = node.dataset.type;
  if (type === "radio_buttons") return checked(node)[0] ?? "";
  if (type === "checkboxes" || type === "multi_static_select") return checked(node);
  if (type === "external_select") return node.querySelector("input").dataset.chosen ?? "";
  if (type === "multi_external_select") return options(node);
  if (node.matches("select[multiple]")) return [...node.selectedOptions].map((one) => one.value);
  if (type === "datetimepicker") return node.value;
  return node.value ?? "";
}

export async function ask(input) {
  const place = input.closest(".external");
  const found = place.querySelector(".found");
  const words = input.value.trim();
  if (words.length < Number(place.dataset.min)) { found.hidden = true; return; }
  const row = place.closest("[data-ts]");
  const answer = await post("/play/slack/suggest", {
    as: places.slack.su, action: place.dataset.action, block: place.dataset.block, query: words,
    view: place.closest("[data-view]")?.dataset.view ?? "", room: row ? row.closest("[data-room]").dataset.room : "", ts: row?.dataset.ts ?? "" });
  if (!answer.ok || input.value.trim() !== words) return;
  found.hidden = false;
  input.setAttribute("aria-expanded", "true");
  found.replaceChildren(...answer.options.map((one) => make("button", { type: "button", role: "option", on: { click: () => choose(place, one) } }, one.text)));
  if (!answer.options.length) found.append(make("i", {}, t.no_options));
}

function choose(place, option) {
  const input = place.querySelector("input");
  place.querySelector(".found").hidden = true;
  input.setAttribute("aria-expanded", "false");
  if (place.dataset.type === "multi_external_select") {
    if (!options(place).includes(option.value)) place.querySelector(".chosen").append(make("button", { type: "button", "data-act": "unchoose", value: option.value }, option.text));
    input.value = "";
  } else { input.value = option.text; input.dataset.chosen = option.value; }
  place.dispatchEvent(new Event("change", { bubbles: true }));
  input.focus();
}

export function submitModal(form) {
  const said = new FormData();
  said.append("as", places.slack.su);
  said.append("view", form.dataset.view);
  const values = [];
  for (const node of form.querySelectorAll(".block.input [data-action]")) {
    const item = { block: node.dataset.block, action: node.dataset.action, type: node.dataset.type };
    if (node.dataset.type === "file_input") { for (const file of node.files) said.append(`file:${node.dataset.block}:${node.dataset.action}`, file); values.push(item); }
    else values.push({ ...item, value: chosenValue(node) });
  }
  said.append("values", JSON.stringify(values));
  const button = form.querySelector('[type="submit"]');
  button.classList.add("busy");
  return post("/play/slack/submit", said).finally(() => button.classList.remove("busy"));
}
