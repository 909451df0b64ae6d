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
  return hello(url, key, client);
}

function hello(url: string, key: string, client: string): Promise<TestResult> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const done = (result: TestResult) => {
      clearTimeout(timer);
      resolve(result);
      socket.close();
    };
    const timer = setTimeout(() => done({ ok: false, why: "unreachable" }), PATIENCE);
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", client, ...(key ? { key } : {}) }));
    socket.onclose = () => done({ ok: false, why: "unreachable" });
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
