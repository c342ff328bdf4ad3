// The bot's commands as this person may use them in this channel.

const SLASH = 1;
const MESSAGE = 3;
const EVERYONE = 0x0000_0600_7dfb_fe41n; // about what a member may do: permissions beyond need a moderator

function usable(command, state) {
  const context = state.channel?.type === 1 ? 1 : 0;
  if (command.contexts && !command.contexts.includes(context)) return false;
  const needed = command.default_member_permissions;
  if (context === 1 || needed === null || needed === undefined || state.moderator) return true;
  return BigInt(needed) !== 0n && (BigInt(needed) & ~EVERYONE) === 0n;
}

/** Slash commands, subcommands each on their own: {command, path, name, description, options}. */
export function slashEntries(state) {
  const entries = [];
  const walk = (command, path, node) => {
    const options = node.options ?? [];
    const subs = options.filter((option) => option.type === 1 || option.type === 2);
    for (const sub of subs) walk(command, [...path, { name: sub.name, type: sub.type }], sub);
    if (subs.length) return;
    const name = [command.name, ...path.map((step) => step.name)].join(" ");
    entries.push({ command, path, name, description: node.description, options });
  };
  for (const command of state.commands) {
    if ((command.type ?? SLASH) === SLASH && usable(command, state)) walk(command, [], command);
  }
  return entries.sort((a, b) => a.name.localeCompare(b.name));
}

/** Entries for what is typed after the slash: names that begin so first, then the others that hold it. */
export function matchEntries(entries, typed) {
  const wanted = typed.toLowerCase();
  const rank = (entry) => {
    if (entry.name.startsWith(wanted)) return 0;
    if (entry.name.includes(wanted)) return 1;
    return wanted.length > 1 && entry.description.toLowerCase().includes(wanted) ? 2 : 3;
  };
  return entries
    .map((entry) => [rank(entry), entry])
    .filter(([order]) => order < 3)
    .sort(([a], [b]) => a - b)
    .map(([, entry]) => entry);
}

/** The command that takes a question with suggestions: what it suggests for nothing typed are examples. */
export function questionEntry(state) {
  const asks = (option) => option.required && option.autocomplete && option.type === 3;
  return slashEntries(state).find((entry) => entry.options.filter((option) => option.required).length === 1 && entry.options.some(asks));
}

/** Message commands for the context menu. */
export function messageCommands(state) {
  return state.commands.filter((command) => command.type === MESSAGE && usable(command, state));
}

/** Wrap values the way the command tree wants them: inside their subcommand and its group. */
export function nest(path, values) {
  return [...path].reverse().reduce((options, step) => [{ name: step.name, type: step.type, options }], values);
}
