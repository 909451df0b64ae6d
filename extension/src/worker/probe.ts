/** The options page's test button: does a coach answer there, and does it let us in? */

import type { TestResult } from "../contract";
import { isServerMessage } from "validators";
import { streamUrl } from "./line";

const PATIENCE = 8_000;

export async function probe(server: string, key: string, client: string): Promise<TestResult> {
  let url: string;
  try {
    if (!/^https?:$/.test(new URL(server).protocol)) return { ok: false, why: "bad_address" };
    url = streamUrl(server);
  } catch {
    return { ok: false, why: "bad_address" };
  }
  const answer = await hello(url, key, client);
  if (answer !== "closed") return answer;
  return (await reachable(server)) ? { ok: false, why: "denied" } : { ok: false, why: "unreachable" };
}

/** Says hello; "closed" where the socket did not even open or was shut without a word. */
function hello(url: string, key: string, client: string): Promise<TestResult | "closed"> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const done = (result: TestResult | "closed") => {
      clearTimeout(timer);
      resolve(result);
      socket.close();
    };
    const timer = setTimeout(() => done("closed"), PATIENCE);
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", client, ...(key ? { key } : {}) }));
    socket.onclose = () => done("closed");
    socket.onmessage = ({ data }) => {
      let message: unknown = null;
      try {
        message = JSON.parse(String(data));
      } catch {
        // Not a coach.
      }
      if (!isServerMessage(message)) done({ ok: false, why: "not_a_coach" });
      else if (message.type === "welcome") done({ ok: true, version: message.version, classifier: message.classifier, languages: message.languages });
      else done({ ok: false, why: "denied" });
    };
  });
}

/** Whether anybody answers there at all; says nothing about who. */
async function reachable(server: string): Promise<boolean> {
  try {
    await fetch(`${server.replace(/\/+$/, "")}/healthz`, { mode: "no-cors", cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
    return true;
  } catch {
    return false;
  }
}
