// Puts the page together.

import { Actions } from "./actions.js";
import { messageCommands, questionEntry } from "./commands.js";
import { Composer } from "./composer.js";
import { iconButton } from "./dom.js";
import { SuggestionList } from "./listbox.js";
import { Log } from "./log.js";
import { Menu } from "./menu.js";
import { dots, isEphemeral } from "./message.js";
import { openModal } from "./modal.js";
import { flatText } from "./richtext.js";
import { Sidebar } from "./sidebar.js";
import { Connection } from "./socket.js";
import { State, displayName } from "./state.js";
import { applyTheme } from "./theme.js";
import { refreshRelativeTimes } from "./time.js";
import { connectionBanner, say } from "./notices.js";
import { welcomeElement } from "./welcome.js";

applyTheme();
const TEXT = 0; // a channel that is neither a thread nor a direct message
const at = (id) => document.getElementById(id);
const state = new State();
const connection = new Connection({
  key: new URLSearchParams(window.location.search).get("key") ?? "",
  onHello: (frame) => hello(frame),
  onEvent: (name, data) => actions.receive(name, data),
  onStatus: (status) => connectionChanged(status),
});
const actions = new Actions({
  state,
  connection,
  say,
  showModal: (event) => openModal(event, { state, actions, root: document.body, focusComposer: () => composer.focus() }),
});
const menu = new Menu();
const composer = new Composer({ root: at("composer"), list: new SuggestionList(at("suggestions")), state, actions, say });
const sidebar = new Sidebar({ root: at("sidebar"), shade: at("shade"), state, onChannel: changeChannel, onPerson: changePerson });
const log = new Log({
  root: at("log"),
  inner: at("log-inner"),
  pill: at("newest"),
  page: {
    state,
    actions,
    onReply: (message) => composer.startReply(message),
    onEdit: (message) => composer.startEdit(message),
    onMenu: openMenu,
    onJump: async (id) => (await log.jump(id)) || say("That message is no longer here."),
    focusComposer: () => composer.focus(),
    welcome: (channel, empty) => welcomeElement(channel, empty, { state, onFill: (text) => composer.fill(text) }),
  },
});

// The tab's own memory: who one is and where, through a reload.
function recall(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null; // storage switched off: the server's first person, the first channel
  }
}

function remember(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // storage switched off: forgotten on reload
  }
}

let drawnFor = ""; // the person and channel that the composer and the log show

function hello(frame) {
  const before = state.channelId;
  state.hello(frame);
  remember("citebot.person", frame.me.id);
  const wished = state.channels.find((channel) => channel.id === recall("citebot.channel"));
  const target = state.channelId ?? wished?.id ?? firstChannel()?.id;
  state.channelId = target ?? null;
  sidebar.render();
  paintTop();
  // after a mere reconnection the composer stays as it is, down to the caret
  if (before !== target || drawnFor !== place()) show();
  if (target) actions.openChannel(target);
}

function firstChannel() {
  return state.channels.find((channel) => channel.name.includes("ask")) ?? state.channels[0];
}

const place = () => `${state.me?.id}/${state.channelId}`;

function show() {
  drawnFor = place();
  log.clear();
  composer.enter();
  log.render();
}

async function changeChannel(id) {
  remember("citebot.channel", id);
  state.channelId = id;
  sidebar.render();
  paintTop();
  paintTyping();
  show();
  composer.focus();
  await actions.openChannel(id);
}

function changePerson(id) {
  composer.save();
  connection.open(id);
}

function connectionChanged(status) {
  state.connection = status;
  if (status.state === "lost") {
    actions.abandon();
    // a person remembered from an earlier start of the server is unknown to this one
    if (!state.me && connection.user) connection.user = null;
  }
  connectionBanner(at("banner"), status, { known: state.me !== null, onRetry: () => connection.retryNow() });
}

function openMenu(message, where, back = null) {
  const mine = state.isMine(message);
  const lasting = !isEphemeral(message);
  const apps = lasting ? messageCommands(state) : [];
  const direct = state.channel?.type === 1;
  menu.open(
    [
      lasting && { label: "Reply", icon: "reply", run: () => composer.startReply(message) },
      apps.length > 0 && {
        label: "Apps",
        items: apps.map((command) => ({ label: command.name, icon: "apps", run: () => actions.context(message.channel_id, command, message.id) })),
      },
      lasting && mine && { label: "Edit", icon: "edit", run: () => composer.startEdit(message) },
      lasting && state.channel?.type === TEXT && !message.thread && { label: "Start a thread", icon: "hash", run: () => startThread(message) },
      message.content && { label: "Copy text", icon: "copy", run: () => copy(message.content) },
      lasting && (mine || (state.moderator && !direct)) && { label: "Delete", icon: "trash", danger: true, run: () => actions.remove(message.channel_id, message.id) },
      !lasting && { label: "Dismiss message", icon: "close", run: () => actions.dismiss(message.channel_id, message.id) },
    ],
    where,
    back ?? (where instanceof Element ? where : null),
  );
}

// named after its first words, as it is only for trying out
async function startThread(message) {
  const words = flatText(message.content || message.embeds?.[0]?.title || "Thread", state.names(message));
  const id = await actions.startThread(message, [...words].slice(0, 40).join("") || "Thread");
  if (id && state.channels.some((channel) => channel.id === id)) changeChannel(id);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say("Copied.");
  } catch {
    say("The browser did not allow copying.", { alarm: true });
  }
}

function paintTop() {
  const { channel } = state;
  if (!channel) return;
  const name = state.channelName(channel);
  at("channel-name").textContent = channel.type === 1 ? name : `#${name}`;
  at("channel-topic").textContent = channel.topic ?? "";
  document.title = `${channel.type === 1 ? "" : "#"}${name} · ${state.serverName}`;
  paintBot();
}

function paintBot() {
  const name = state.bot ? displayName(state.bot) : "Bot";
  at("bot-state").textContent = state.botOnline ? `${name} is online` : `${name} is offline`;
  at("bot-state").classList.toggle("online", state.botOnline);
}

function paintTyping() {
  const names = [...(state.typing.get(state.channelId)?.keys() ?? [])].map((id) => state.names().user(id) ?? "Someone");
  const verb = names.length === 1 ? "is" : "are";
  at("typing").replaceChildren(...(names.length ? [dots(), `${names.join(" and ")} ${verb} typing…`] : []));
}

// an empty channel offers examples, as soon as there is a bot to take them from
function offerExamples() {
  const { loaded, messages } = state.log(state.channelId);
  const entry = state.botOnline && loaded && messages.length === 0 ? questionEntry(state) : null;
  if (entry) actions.loadExamples(entry);
}

state.on("messages", (id) => {
  if (id !== state.channelId) return;
  log.render();
  offerExamples();
  const shown = composer.replying?.message ?? composer.editing;
  if (shown && !state.find(id, shown.id)) composer.messageGone(shown.id);
});
state.on("typing", (id) => id === state.channelId && paintTyping());
state.on("unread", () => sidebar.renderChannels());
state.on("channels", () => {
  sidebar.renderChannels();
  const gone = state.channelId && !state.channel;
  if (gone) changeChannel(firstChannel().id);
});
state.on("commands", () => {
  composer.refresh();
  offerExamples();
});
state.on("bot", () => {
  paintBot();
  offerExamples();
  sidebar.renderChannels();
});

at("open-sidebar").replaceWith(iconButton("menu", "Channels and people", (event) => sidebar.toggle(true, event.currentTarget), { class: "icon-button drawer-only", "aria-controls": "sidebar", "aria-expanded": "false" }));

// typing anywhere writes into the composer; Escape leads back to it
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]") || menu.popup) return;
  const target = event.target;
  if (event.key === "Escape" && target.closest("#log")) composer.focus();
  else if (event.key.length === 1 && event.key !== " " && (target === document.body || target.matches(".message, #log"))) composer.focus();
});
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && connection.retryNow());
setInterval(() => refreshRelativeTimes(document), 60_000);
connection.open(recall("citebot.person"));
