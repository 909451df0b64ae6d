declare module "validators" {
  import type { ClientMessage, ServerMessage } from "./protocol";
  export function isServerMessage(value: unknown): value is ServerMessage;
  export function isClientMessage(value: unknown): value is ClientMessage;
}
