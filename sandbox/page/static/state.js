// What the server gave the page to start with, and where the person at the keyboard is.
export const boot = JSON.parse(document.getElementById("boot").textContent);
export const t = boot.texts;
export const places = boot.places; // {slack: {su, sr, st, sh}, telegram: {tp, tr, tt, code}}
export const say = (text, values) => Object.entries(values).reduce((all, [key, value]) => all.replaceAll(`{${key}}`, value), text);
