import type { Adapter } from "../types";

/** Any page: the box that has the focus, and nothing about who said what. */
export const generic: Adapter = { id: "generic", name: "", evidence: "run", fits: {}, turns: [], editors: [] };
