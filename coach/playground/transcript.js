/** Pasted text becomes turns. */

const ROLES = {
  customer: "customer",
  client: "customer",
  user: "customer",
  müşteri: "customer",
  musteri: "customer",
  klient: "customer",
  klientka: "customer",
  agent: "agent",
  support: "agent",
  temsilci: "agent",
  konsultant: "agent",
  konsultantka: "agent",
  agentka: "agent",
};

const LABEL = /^\s*([\p{L}]+)\s*:\s*(.*)$/u;

/** Turns of `text`: lines beginning "Customer:" or "Agent:" start one; without any, all of it is the customer's. */
export function parseTranscript(text) {
  const turns = [];
  for (const line of text.split(/\r?\n/)) {
    const [, label, rest] = LABEL.exec(line) ?? [];
    const role = label && ROLES[label.toLocaleLowerCase("en").replace(/\u0307/g, "")];
    if (role) turns.push({ role, text: rest });
    else if (turns.length) turns.at(-1).text += `\n${line}`;
    else turns.push({ role: "customer", text: line });
  }
  return turns.map((turn) => ({ ...turn, text: turn.text.trim() })).filter((turn) => turn.text);
}
