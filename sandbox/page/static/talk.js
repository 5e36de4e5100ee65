// Everything a person does goes to the server by these; what is refused is shown as a toast.
import { t } from "./state.js";
import { toast } from "./ui.js";

export async function post(address, body) {
  const form = body instanceof FormData;
  try {
    const answer = await fetch(address, { method: "POST", headers: { "X-Sandbox": "1", ...(form ? {} : { "Content-Type": "application/json" }) }, body: form ? body : JSON.stringify(body) });
    const said = await answer.json();
    if (!said.ok) toast(said.error ?? t.no_answer, { bad: true });
    return said;
  } catch {
    toast(t.offline, { bad: true });
    return { ok: false };
  }
}
