/** Conversations with an assistant, for a user interface of your own. */

export { type Attached, Conversation, type Happened, type TalkState } from "./conversation";
export type { Connection } from "./event_stream";
export type { Block, Button, Citation, DeskEvent, Intent, Said } from "./events";
export { Frontdesk, type Options, type Summary } from "./frontdesk";
export { Problem } from "./problem";
export type { Line, Person, Talk } from "./talk";
